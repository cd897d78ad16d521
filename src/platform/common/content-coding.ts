type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The content encodings that are decoded. */
const formats = ['gzip', 'x-gzip', 'deflate', 'br'];

/**
 * Returns the decoded body of a response; `undefined` for an unsupported content encoding. A truncated body is an error here, which
 * Node's `fetch` does not detect.
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
