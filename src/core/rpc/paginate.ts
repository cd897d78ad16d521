import { KaggleError } from '../errors.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; empty or `undefined` on the last one. */
  readonly nextPageToken?: string | undefined;
  /** How many items the whole list has, where the server says so. */
  readonly total?: number | undefined;
}

export interface PaginateOptions {
  /** The most items to hand out; default no limit. */
  limit?: number | undefined;
  /** Called at the beginning of each iteration: throws for a call that is wrong. */
  check?: (() => void) | undefined;
}

/** A list that is fetched page by page while it is iterated. Each iteration starts from the first page. */
export interface Paginated<T> extends AsyncIterable<T> {
  /** The most items that are handed out; `Infinity` for all. */
  readonly limit: number;
  /** How many items the whole list has, where the server says so; known after the first page. */
  readonly total: number | undefined;
  /** Whether the last iteration stopped at `limit` although there was more. */
  readonly capped: boolean;
  /** All pages as they come. */
  pages(): AsyncIterable<Page<T>>;
  /** All items in one array. */
  all(): Promise<T[]>;
}

/** A filter may leave a page empty, but not so many. */
const maxEmpty = 100;

/**
 * Makes a list from a function that fetches one page (`pageToken` is empty for the first). Throws `KaggleError` when the
 * server hands out a token a second time, or empty pages without an end.
 */
export function paginate<T>(
  fetchPage: (pageToken: string) => Promise<Page<T>>,
  { limit = Number.POSITIVE_INFINITY, check }: PaginateOptions = {},
): Paginated<T> {
  let total: number | undefined;
  let capped = false;

  async function* pages(): AsyncGenerator<Page<T>> {
    check?.();
    const seen = new Set<string>(['']);
    let handedOut = 0;
    let token = '';
    let empty = 0;
    capped = false;
    while (handedOut < limit) {
      const page = await fetchPage(token);
      total = page.total ?? total;
      const items = page.items.slice(0, limit - handedOut);
      handedOut += items.length;
      token = page.nextPageToken ?? '';
      capped = items.length < page.items.length || (handedOut >= limit && token !== '');
      yield { ...page, items };
      if (token === '') return;
      if (seen.has(token)) {
        throw new KaggleError(
          `cannot list all items: the server returned the page token "${token.slice(0, 100)}" twice`,
        );
      }
      seen.add(token);
      empty = items.length > 0 ? 0 : empty + 1;
      if (empty >= maxEmpty)
        throw new KaggleError(`cannot list all items: the server returned ${maxEmpty} empty pages in a row`);
    }
  }

  async function* items(): AsyncGenerator<T> {
    for await (const page of pages()) yield* page.items;
  }

  return {
    limit,
    get total() {
      return total;
    },
    get capped() {
      return capped;
    },
    pages,
    all: async () => {
      const result: T[] = [];
      for await (const page of pages()) result.push(...page.items);
      return result;
    },
    [Symbol.asyncIterator]: items,
  };
}
