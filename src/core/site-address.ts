import { ValidationError } from './errors.ts';
import { redactUrl } from './redact.ts';

export type PageKind = 'dataset' | 'kernel' | 'competition' | 'model';

/** What a page of the site is about. */
export interface SitePage {
  /** `undefined` for the old form of addresses, `kaggle.com/owner/slug`, which tells no kind. */
  readonly kind: PageKind | undefined;
  /** What follows the section: owner, slug, and what the page shows of it. */
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

/** Below `/api/v1` and `/datasets` the site has addresses with the name of what they do. */
const actions = /^(?:download|view|status|list|pull|output)$/;

/** A language before the section, such as `/de` or `/zh-CN`. Owners have longer names. */
const language = /^[a-z]{2}(?:-[a-z]{2,4})?$/i;

/**
 * Reads an address on www.kaggle.com, with or without `https://`; `undefined` for a text that is no address. Throws
 * `ValidationError` for an address of another site.
 */
function readSiteAddress(text: string): SitePage | undefined {
  const address = /^(?:https?:)?\/\//i.test(text) ? text.replace(/^\/\//, 'https://') : `https://${text}`;
  const named = address === text || text.startsWith('//') || /^(?:[\w-]+\.)?kaggle\.com(?:[/?#:]|$)/i.test(text);
  if (!named) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^(?:[\w-]+\.)?kaggle\.com$/i.test(url.hostname)) {
    throw new ValidationError(`${redactUrl(address)} is not an address on www.kaggle.com: pass "owner/slug"`);
  }
  let parts = url.pathname.split('/').filter(Boolean);
  if (language.test(parts[0] ?? '') && Object.hasOwn(sections, parts[1] ?? '')) parts = parts.slice(1);
  if (parts[0] === 'api' && /^v\d$/.test(parts[1] ?? '')) parts = parts.slice(2);
  const section = parts[0] ?? '';
  const kind = Object.hasOwn(sections, section) ? sections[section] : undefined;
  if (kind) parts = parts.slice(actions.test(parts[1] ?? '') && parts.length > 3 ? 2 : 1);
  return { kind, parts, query: url.searchParams };
}

/** The page, if it is one of this kind of thing. Throws `ValidationError` for one of another kind. */
export function readPage(text: string, wanted: PageKind): SitePage | undefined {
  const page = readSiteAddress(text);
  if (page?.kind && page.kind !== wanted) {
    throw new ValidationError(
      `${redactUrl(text)} is the address of ${articles[page.kind]}, not of ${articles[wanted]}`,
    );
  }
  return page;
}

/** The number of a version among the parts after `owner/slug`: `versions/3`. */
export function versionIn(parts: readonly string[]): string | undefined {
  const at = parts.findIndex((part) => /^versions?$/.test(part));
  const number = at < 0 ? undefined : parts[at + 1];
  return number !== undefined && /^\d{1,9}$/.test(number) ? number : undefined;
}
