import { ValidationError } from './errors.ts';
import { redactUrl } from './redact.ts';

export type PageKind = 'dataset' | 'kernel' | 'competition' | 'model';

/** A parsed URL of the Kaggle site. */
export interface SitePage {
  /** `undefined` for the old form `kaggle.com/owner/slug`, which does not contain a kind. */
  readonly kind: PageKind | undefined;
  /** The path segments after the section: owner, slug, and more. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const sections: Readonly<Record<string, PageKind>> = {
  datasets: 'dataset',
  d: 'dataset',
  code: 'kernel',
  kernels: 'kernel',
  notebooks: 'kernel',
  embed: 'kernel',
  competitions: 'competition',
  c: 'competition',
  models: 'model',
};

const articles: Readonly<Record<PageKind, string>> = {
  dataset: 'a dataset',
  kernel: 'a kernel',
  competition: 'a competition',
  model: 'a model',
};

/** Names of actions, which stand before the owner in URLs below `/api/v1` and `/datasets`. */
const actions = /^(?:download|view|status|list|pull|output)$/;

/** A language before the section, such as `/de` or `/zh-CN`. Owner names are longer. */
const language = /^[a-z]{2}(?:-[a-z]{2,4})?$/i;

/**
 * Parses a URL on www.kaggle.com, with or without `https://`. Returns `undefined` for text that is not a URL. Throws
 * `ValidationError` for a URL of another site.
 */
function readSiteAddress(text: string): SitePage | undefined {
  const address = /^(?:https?:)?\/\//i.test(text) ? text.replace(/^\/\//, 'https://') : `https://${text}`;
  const isUrl = address === text || text.startsWith('//') || /^(?:[\w-]+\.)?kaggle\.com(?:[/?#:]|$)/i.test(text);
  if (!isUrl) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^(?:[\w-]+\.)?kaggle\.com$/i.test(url.hostname)) {
    throw new ValidationError(`expected "owner/slug" or a URL on www.kaggle.com, got ${redactUrl(address)}`);
  }
  let parts = url.pathname.split('/').filter(Boolean);
  if (language.test(parts[0] ?? '') && Object.hasOwn(sections, parts[1] ?? '')) parts = parts.slice(1);
  if (parts[0] === 'api' && /^v\d$/.test(parts[1] ?? '')) parts = parts.slice(2);
  const section = parts[0] ?? '';
  const kind = Object.hasOwn(sections, section) ? sections[section] : undefined;
  if (kind) parts = parts.slice(actions.test(parts[1] ?? '') && parts.length > 3 ? 2 : 1);
  return { kind, parts, query: url.searchParams };
}

/** Like `readSiteAddress`, but throws `ValidationError` for the URL of another kind. */
export function readPage(text: string, wanted: PageKind): SitePage | undefined {
  const page = readSiteAddress(text);
  if (page?.kind && page.kind !== wanted) {
    throw new ValidationError(
      `expected the URL of ${articles[wanted]}, got that of ${articles[page.kind]}: ${redactUrl(text)}`,
    );
  }
  return page;
}

/** The version number in the path segments: the `3` of `versions/3`. */
export function versionIn(parts: readonly string[]): string | undefined {
  const at = parts.findIndex((part) => /^versions?$/.test(part));
  const number = at < 0 ? undefined : parts[at + 1];
  return number !== undefined && /^\d{1,9}$/.test(number) ? number : undefined;
}
