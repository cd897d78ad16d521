/** Status and headers of an HTTP/1.1 response. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
  /** Bytes up to the first of the body. */
  readonly length: number;
}

/** The longest head that is read; those of the storage are a few lines. */
const longest = 1 << 16;

/** Where the empty line ends that ends the head, from byte `from` on; 0 while it is not there. */
function endOfHead(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13) return at + 1;
  }
  return 0;
}

/**
 * Reads the head at the start of `bytes` (RFC 9112), interim answers (1xx) before it left out. Strict, as what is
 * `unreadable` here is asked for again by other means: no folded lines, no bare line feeds, no repeated length.
 */
export function parseHead(bytes: Uint8Array): ResponseHead | 'incomplete' | 'unreadable' {
  for (let start = 0; ; ) {
    const length = endOfHead(bytes, start);
    if (length === 0) return bytes.length - start > longest ? 'unreadable' : 'incomplete';
    const [first, ...lines] = String.fromCharCode(...bytes.subarray(start, length - 4)).split('\r\n');
    const status = /^HTTP\/1\.1 ([1-5]\d\d)(?: |$)/.exec(first!)?.[1];
    if (status === undefined || length - start > longest) return 'unreadable';
    const headers = new Headers();
    for (const line of lines) {
      const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0\r\n]*?)[ \t]*$/.exec(line);
      if (!field || (field[1]!.toLowerCase() === 'content-length' && headers.has('content-length')))
        return 'unreadable';
      headers.append(field[1]!, field[2]!);
    }
    if (!status.startsWith('1')) return { status: Number(status), headers, length };
    start = length;
  }
}
