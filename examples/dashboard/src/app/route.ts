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
  /** The address itself: `#/run/alice/train/3`. */
  hash: string;
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
  return { name, params: params.filter(Boolean), query: new URLSearchParams(query), hash: hash || '#/' };
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

/** Address of the page of a run: `#/run/alice/train/3`. */
export function runAddress(run: { ref: string; versionNumber?: number | string | undefined }): string {
  return `#/run/${run.ref}${run.versionNumber ? `/${run.versionNumber}` : ''}`;
}
