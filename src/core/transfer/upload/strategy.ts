/**
 * How the bytes of a file are sent:
 * - `put`: all that is left in one request of the platform's own `put`, read as it is sent
 * - `stream`: all that is left in one request of `fetch`, read as it is sent
 * - `blob`: in parts of `fetch` that the platform reads by itself
 * - `buffer`: in parts of `fetch` from memory
 */
export type Strategy = 'put' | 'stream' | 'blob' | 'buffer';

/** What source, client and address allow. */
export interface Capabilities {
  /** The source can be read from any offset, again and again. */
  readonly replayable: boolean;
  /** For which files `put` is the best way to that address. */
  readonly put: 'none' | 'large' | 'all';
  /** `fetch` sends a stream with a Content-Length. */
  readonly streams: boolean;
  /** The source gives parts as Blobs. */
  readonly blobs: boolean;
}

/** The strategy for a file of `size` bytes. One of up to `partSize` goes in a single request in any case. */
export function chooseStrategy(size: number, partSize: number, can: Capabilities): Strategy {
  // What can be read once has to be held, to be sent again.
  if (!can.replayable || size === 0) return 'buffer';
  const large = size > partSize;
  if (can.put === 'all' || (can.put === 'large' && large)) return 'put';
  if (!large) return 'buffer';
  if (can.streams) return 'stream';
  return can.blobs ? 'blob' : 'buffer';
}
