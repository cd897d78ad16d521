import { KaggleError } from '../errors.ts';

/** One page of a list. */
export interface Page<T> {
  /** The items of this page. Filters of the server can leave it empty. */
  readonly items: readonly T[];
  /** Token of the next page; empty or `undefined` on the last page. */
  readonly nextPageToken?: string | undefined;
  /** Number of items in the whole list; `undefined` if the server does not return it. */
  readonly total?: number | undefined;
}

export interface PaginateOptions {
  /** Maximum number of items. @default Infinity */
  limit?: number | undefined;
  /** Called at the start of each iteration; throws for invalid arguments. */
  check?: (() => void) | undefined;
}

/**
 * A list that is fetched page by page while it is iterated. Each iteration starts with the first page. Invalid arguments throw
 * when the iteration starts.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { list } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * for await (const { ref } of list(client, { user: 'alice' })) console.log(ref);
 * const newest = await list(client, { user: 'alice' }, { limit: 5 }).all();
 * ```
 */
export interface Paginated<T> extends AsyncIterable<T> {
  /** Maximum number of items; `Infinity` for all. */
  readonly limit: number;
  /** Number of items in the whole list, after the first page; `undefined` if the server does not return it. */
  readonly total: number | undefined;
  /** Whether the last iteration stopped at `limit` although there were more items. */
  readonly capped: boolean;
  /** Iterates over the pages. */
  pages(): AsyncIterable<Page<T>>;
  /** Resolves to an array of all items, up to `limit`. */
  all(): Promise<T[]>;
}

/** Filters can leave pages empty, but not this many in a row. */
const maxEmpty = 100;

/**
 * Creates a list from a function that fetches one page (`pageToken` is empty for the first). Iterating throws `KaggleError` if
 * the server returns the same token twice, or endless empty pages.
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
    let yielded = 0;
    let token = '';
    let empty = 0;
    capped = false;
    while (yielded < limit) {
      const page = await fetchPage(token);
      total = page.total ?? total;
      const items = page.items.slice(0, limit - yielded);
      yielded += items.length;
      token = page.nextPageToken ?? '';
      capped = items.length < page.items.length || (yielded >= limit && token !== '');
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
