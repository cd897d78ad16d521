/** Runs regular expressions in a thread of its own: one that takes forever does not stop the page. */
import { matchesIn, type Query, type Range, toRegex } from './search.ts';

export interface SearchOrder {
  readonly id: number;
  readonly query: Query;
  readonly texts: readonly string[];
  /** Whether to return the matches, or only their number. */
  readonly wantsRanges: boolean;
}

export interface SearchReply {
  readonly id: number;
  /** For each text. */
  readonly found: readonly Range[][] | Uint32Array;
}

addEventListener('message', ({ data }: MessageEvent<SearchOrder>) => {
  const { id, query, texts, wantsRanges } = data;
  const regex = toRegex(query)!;
  const found = wantsRanges
    ? texts.map((text) => matchesIn(text, regex))
    : Uint32Array.from(texts, (text) => matchesIn(text, regex).length);
  postMessage({ id, found } satisfies SearchReply);
});
// It is loaded: time counts from now on.
postMessage({ id: 0, found: [] } satisfies SearchReply);
