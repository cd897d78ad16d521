import { ValidationError, type ValidationIssue } from '../../../core/errors.ts';
import { list, shown, text } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { type PageKind, readPage, versionIn } from '../../../core/site-address.ts';

/** Data sources of a kernel, under the names of `ApiSaveKernelRequest`. Each also takes the URL of a page. */
export interface KernelSources {
  /**
   * Datasets, as `owner/slug` or `owner/slug/version`, mounted at `/kaggle/input/datasets/<owner>/<slug>`. The old path
   * `/kaggle/input/<slug>` is often missing. Without a version, Kaggle mounts the version that is ready at the push.
   */
  datasetDataSources?: readonly string[] | undefined;
  /** Competitions, by slug, mounted at `/kaggle/input/competitions/<slug>`. */
  competitionDataSources?: readonly string[] | undefined;
  /** Kernels whose output is mounted at `/kaggle/input/notebooks/<owner>/<slug>`, as `owner/slug`. */
  kernelDataSources?: readonly string[] | undefined;
  /** Models, as `owner/model/framework/variation` (the latest version) or with `/version`. */
  modelDataSources?: readonly string[] | undefined;
}

export const sourceFields = (): Fields<KernelSources> => ({
  datasetDataSources: list('strings', text()),
  competitionDataSources: list('strings', text()),
  kernelDataSources: list('strings', text()),
  modelDataSources: list('strings', text()),
});

const rules: Record<keyof KernelSources, { kind: PageKind; prefix: RegExp; form: RegExp; said: string }> = {
  datasetDataSources: {
    kind: 'dataset',
    prefix: /^\/?datasets\/(?=[^/]+\/[^/]+)|^\//,
    form: /^[\w-]+\/[\w.-]+(?:\/[1-9]\d*)?$/,
    said: '"owner/slug" or "owner/slug/version"',
  },
  competitionDataSources: {
    kind: 'competition',
    prefix: /^\/?(?:competitions|c)\/|^\//,
    form: /^[\w-]+$/,
    said: 'a competition slug',
  },
  kernelDataSources: {
    kind: 'kernel',
    prefix: /^\/?code\/(?=[^/]+\/[^/]+)|^\//,
    form: /^[\w-]+\/[\w-]+$/,
    said: '"owner/slug"',
  },
  modelDataSources: {
    kind: 'model',
    prefix: /^\/?models\/(?=(?:[^/]+\/){3})|^\//,
    form: /^[\w-]+\/[\w.-]+\/[\w-]+\/[\w.-]+(?:\/[1-9]\d*)?$/,
    said: '"owner/model/framework/variation" or "owner/model/framework/variation/version"',
  },
};

/** The source in the URL of a page; `undefined` if the text is not a URL. */
function fromAddress(text: string, kind: PageKind): string | undefined {
  const page = readPage(text, kind);
  if (!page) return undefined;
  const [owner, slug, ...more] = page.parts;
  if (kind === 'competition') return owner ?? '';
  if (kind === 'kernel') return `${owner}/${slug}`;
  if (kind === 'dataset') {
    const version = versionIn(more) ?? page.query.get('datasetVersionNumber');
    return `${owner}/${slug}${version ? `/${version}` : ''}`;
  }
  // `frameworks/pyTorch/variations/2b/versions/1`, or the same without the words.
  const names = more.filter((part) => !/^(?:frameworks|variations|versions)$/.test(part));
  return [owner, slug, ...names].join('/');
}

/** Finds two versions of one dataset: only one can be mounted. */
function findClashes(sources: readonly string[]): ValidationIssue[] {
  const mounted = new Map<string, string>();
  const issues: ValidationIssue[] = [];
  for (const source of sources) {
    const ref = source.split('/').slice(0, 2).join('/').toLowerCase();
    const other = mounted.get(ref);
    if (other === undefined) mounted.set(ref, source);
    else {
      const message = `cannot mount both ${other} and ${source} at /kaggle/input/datasets/${ref}; pass one of them`;
      issues.push({ path: 'datasetDataSources', message });
    }
  }
  return issues;
}

/** Normalizes sources, without duplicates and empty lists, and returns the issues of invalid ones. */
export function checkSources(given: KernelSources): { sources: KernelSources; issues: ValidationIssue[] } {
  const sources: KernelSources = {};
  const issues: ValidationIssue[] = [];
  for (const name of Object.keys(rules) as (keyof KernelSources)[]) {
    const list = given[name];
    if (!Array.isArray(list)) continue;
    const { kind, prefix, form, said } = rules[name];
    const cleaned: string[] = [];
    for (const [index, given] of (list as readonly unknown[]).entries()) {
      if (typeof given !== 'string') continue;
      const text = given.trim();
      const complain = (message: string) => issues.push({ path: `${name}[${index}]`, message });
      try {
        const source = fromAddress(text, kind) ?? text.replace(prefix, '').replace('/versions/', '/');
        cleaned.push(source);
        if (!form.test(source)) complain(`expected ${said}, got ${shown(source)}`);
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        complain(error.message);
      }
    }
    const once = [...new Set(cleaned)];
    if (once.length > 0) sources[name] = once;
  }
  if (issues.length === 0) issues.push(...findClashes(sources.datasetDataSources ?? []));
  return { sources, issues };
}
