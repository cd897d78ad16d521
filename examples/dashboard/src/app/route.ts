import { type ReadonlySignal, signal } from '@preact/signals';

/** What a page receives: the parts of the path behind its name, and the query. */
export interface PageProps {
  /** `#/run/alice/train/3` has the params `['alice', 'train', '3']`. */
  params: string[];
  query: URLSearchParams;
}

/** A parsed address. */
export interface Route extends PageProps {
  /** First part of the path: `run`; empty for the list of runs. */
  name: string;
  /** The address without the query: `#/run/alice/train/3`. */
  path: string;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Parses the hash of an address. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [name = '', ...params] = path.split('/').map(decode);
  return { name, params: params.filter(Boolean), query: new URLSearchParams(query), path: `#/${path}` };
}

const current = signal(parseRoute(location.hash));
addEventListener('hashchange', () => {
  current.value = parseRoute(location.hash);
});

/** The address that the page shows. */
export const route: ReadonlySignal<Route> = current;

/** Goes to another page of the app: `navigate('#/run/alice/train/3')`. `replace` adds no entry to the history. */
export function navigate(hash: string, options: { replace?: boolean } = {}): void {
  if (options.replace) location.replace(hash);
  else location.hash = hash;
}

/**
 * Changes parts of the query, such as a filter of the page, without a new entry in the history. `undefined` and `''` remove a
 * part; other parts remain.
 */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = current.peek();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  history.replaceState(history.state, '', next.size > 0 ? `${path}?${next}` : path);
  current.value = parseRoute(location.hash);
}

/** Address of the page of a run: `#/run/alice/train/3`. */
export function runAddress(run: { ref: string; versionNumber?: number | string | undefined }): string {
  return `#/run/${run.ref}${run.versionNumber ? `/${run.versionNumber}` : ''}`;
}
