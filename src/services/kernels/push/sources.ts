import type { ValidationIssue } from '../../../core/errors.ts';

/** The lists of data that a kernel may be given, under the names of `ApiSaveKernelRequest`. */
export interface KernelSources {
  /** `owner/slug` or `owner/slug/version`; mounted at `/kaggle/input/<slug>`. */
  datasetDataSources?: readonly string[];
  /** Competition slugs. */
  competitionDataSources?: readonly string[];
  /** `owner/slug` of kernels whose output is mounted. */
  kernelDataSources?: readonly string[];
  /** `owner/model/framework/variation/version`. */
  modelDataSources?: readonly string[];
}

const rules: Record<keyof KernelSources, { prefix: RegExp; form: RegExp; said: string }> = {
  datasetDataSources: {
    prefix: /^\/?datasets\/(?=[^/]+\/[^/]+)|^\//,
    form: /^[\w-]+\/[\w.-]+(?:\/[1-9]\d*)?$/,
    said: '"owner/slug" or "owner/slug/version"',
  },
  competitionDataSources: {
    prefix: /^\/?(?:competitions|c)\/|^\//,
    form: /^[\w-]+$/,
    said: 'the slug of a competition',
  },
  kernelDataSources: {
    prefix: /^\/?code\/(?=[^/]+\/[^/]+)|^\//,
    form: /^[\w-]+\/[\w-]+$/,
    said: '"owner/slug"',
  },
  modelDataSources: {
    prefix: /^\/?models\/(?=(?:[^/]+\/){4})|^\//,
    form: /^[\w-]+\/[\w.-]+\/[\w-]+\/[\w.-]+\/[1-9]\d*$/,
    said: '"owner/model/framework/variation/version"',
  },
};

/** Two versions, or two owners, of one slug: only one can be mounted there. */
function findClashes(sources: readonly string[]): ValidationIssue[] {
  const mounted = new Map<string, string>();
  const issues: ValidationIssue[] = [];
  for (const source of sources) {
    const slug = source.split('/')[1]!.toLowerCase();
    const other = mounted.get(slug);
    if (other === undefined) mounted.set(slug, source);
    else {
      const message = `the datasets ${other} and ${source} would both be mounted at /kaggle/input/${slug}: pass one of them`;
      issues.push({ path: 'datasetDataSources', message });
    }
  }
  return issues;
}

/**
 * The sources in the form that is sent, each once, and what is wrong with them: a wrong form, or two datasets that would
 * be mounted at the same place. Empty lists are left out.
 */
export function checkSources(given: KernelSources): { sources: KernelSources; issues: ValidationIssue[] } {
  const sources: KernelSources = {};
  const issues: ValidationIssue[] = [];
  for (const name of Object.keys(rules) as (keyof KernelSources)[]) {
    const list = given[name];
    if (list === undefined) continue;
    if (!Array.isArray(list)) {
      issues.push({ path: name, message: `${name} must be a list of texts` });
      continue;
    }
    const { prefix, form, said } = rules[name];
    const cleaned = (list as readonly unknown[]).map((source) =>
      String(source).trim().replace(prefix, '').replace('/versions/', '/'),
    );
    cleaned.forEach((source, index) => {
      if (!form.test(source)) issues.push({ path: `${name}[${index}]`, message: `"${source}" is not ${said}` });
    });
    const once = [...new Set(cleaned)];
    if (once.length > 0) sources[name] = once;
  }
  if (issues.length === 0) issues.push(...findClashes(sources.datasetDataSources ?? []));
  return { sources, issues };
}
