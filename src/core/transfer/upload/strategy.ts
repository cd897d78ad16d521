/**
 * How the bytes of a file are sent:
 * - `put`: everything that is left in one request of the platform's `put`, read while it is sent
 * - `stream`: everything that is left in one request of `fetch`, read while it is sent
 * - `blob`: in parts, each a `fetch` of a Blob that the platform reads
 * - `buffer`: in parts, each a `fetch` from memory
 */
export type Strategy = 'put' | 'stream' | 'blob' | 'buffer';

/** What the source, the client and the URL allow. */
export interface Capabilities {
  /** The source can be read repeatedly, from any offset. */
  readonly replayable: boolean;
  /** For which files the platform's `put` is the best way to send them to that URL. */
  readonly put: 'none' | 'large' | 'all';
  /** `fetch` sends a stream with a Content-Length. */
  readonly streams: boolean;
  /** The source returns parts as Blobs. */
  readonly blobs: boolean;
}

/** The strategy for a file of `size` bytes. A file of up to `partSize` bytes always needs a single request. */
export function chooseStrategy(size: number, partSize: number, can: Capabilities): Strategy {
  // A source that can be read only once must be held, so that it can be sent again.
  if (!can.replayable || size === 0) return 'buffer';
  const large = size > partSize;
  if (can.put === 'all' || (can.put === 'large' && large)) return 'put';
  if (!large) return 'buffer';
  if (can.streams) return 'stream';
  return can.blobs ? 'blob' : 'buffer';
}
