import type { ValidationIssue } from '../../../core/errors.ts';

/** The lists of data that a kernel may be given, under the names of `ApiSaveKernelRequest`. */
export interface KernelSources {
  /**
   * `owner/slug` or `owner/slug/version`; mounted at `/kaggle/input/datasets/<owner>/<slug>`. Older runs had them at
   * `/kaggle/input/<slug>`, which is often missing now.
   */
  datasetDataSources?: readonly string[];
  /** Competition slugs; mounted at `/kaggle/input/competitions/<slug>`. */
  competitionDataSources?: readonly string[];
  /** `owner/slug` of kernels whose output is mounted, at `/kaggle/input/notebooks/<owner>/<slug>`. */
  kernelDataSources?: readonly string[];
  /** `owner/model/framework/variation`, the latest version, or with `/version`. */
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
    prefix: /^\/?models\/(?=(?:[^/]+\/){3})|^\//,
    form: /^[\w-]+\/[\w.-]+\/[\w-]+\/[\w.-]+(?:\/[1-9]\d*)?$/,
    said: '"owner/model/framework/variation" or "owner/model/framework/variation/version"',
  },
};

/** Two versions of one dataset: only one can be mounted there. */
function findClashes(sources: readonly string[]): ValidationIssue[] {
  const mounted = new Map<string, string>();
  const issues: ValidationIssue[] = [];
  for (const source of sources) {
    const ref = source.split('/').slice(0, 2).join('/').toLowerCase();
    const other = mounted.get(ref);
    if (other === undefined) mounted.set(ref, source);
    else {
      const message = `the versions ${other} and ${source} would both be mounted at /kaggle/input/datasets/${ref}: pass one of them`;
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
      issues.push({ path: name, message: `${name} must be an array of strings` });
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
