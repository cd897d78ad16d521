import type { Query, Range } from './search.ts';
import type { SearchOrder, SearchReply } from './search-worker.ts';

/** Finds the matches of a query in another thread. */
export interface RemoteMatcher {
  count(texts: readonly string[]): Promise<Uint32Array>;
  ranges(texts: readonly string[]): Promise<readonly (readonly Range[])[]>;
  stop(): void;
}

/** Milliseconds for a reply. Expressions such as `(a+)+$` can take years. */
const limit = 2000;

export function openMatcher(query: Query): RemoteMatcher {
  const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module', name: 'log search' });
  const waiting = new Map<number, PromiseWithResolvers<SearchReply['found']>>();
  const loaded = Promise.withResolvers<SearchReply['found']>();
  waiting.set(0, loaded);
  // Whoever waits for it sees the failure.
  loaded.promise.catch(() => undefined);
  let last = 0;

  function fail(message: string): void {
    worker.terminate();
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  }
  worker.addEventListener('message', ({ data }: MessageEvent<SearchReply>) => {
    waiting.get(data.id)?.resolve(data.found);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () =>
    fail('The search could not be loaded. Check the connection, then search again.'),
  );

  async function send(texts: readonly string[], wantsRanges: boolean): Promise<SearchReply['found']> {
    await loaded.promise;
    const id = ++last;
    const reply = Promise.withResolvers<SearchReply['found']>();
    waiting.set(id, reply);
    worker.postMessage({ id, query, texts, wantsRanges } satisfies SearchOrder);
    const timer = setTimeout(() => fail('This expression takes too long. Try one without nested repetitions.'), limit);
    try {
      return await reply.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    count: (texts) => send(texts, false) as Promise<Uint32Array>,
    ranges: (texts) => send(texts, true) as Promise<Range[][]>,
    // Nobody waits for the replies any more.
    stop: () => worker.terminate(),
  };
}
