type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The content codings that are undone. */
const formats = ['gzip', 'x-gzip', 'deflate', 'br'];

/**
 * The body of an answer without its content coding; `undefined` for one that is not known here. `fetch` of Node takes what
 * comes of a compressed body that was truncated for all of it: here that is an error.
 */
export function plainBody(headers: Headers, open: () => Body): ReadableStream<Uint8Array> | undefined {
  const coding = headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  if (coding === 'identity') return open();
  if (!formats.includes(coding)) return undefined;
  const format = coding === 'br' ? 'brotli' : coding.replace('x-', '');
  return open().pipeThrough(new DecompressionStream(format as CompressionFormat));
}

export function unsupportedCoding(headers: Headers): Error {
  return new Error(`unsupported content encoding: ${headers.get('content-encoding')}`);
}
