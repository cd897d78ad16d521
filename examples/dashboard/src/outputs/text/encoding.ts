/** A text encoding that previews detect. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Removes an incomplete UTF-8 sequence at the end, which is no reason to call a piece of a file invalid. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

/** UTF-16 without a mark: most characters of western texts have a zero byte at one parity. */
function utf16ByZeros(bytes: Uint8Array): Encoding | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of bytes.subarray(0, 1024).entries()) if (byte === 0) zeros[index % 2]!++;
  const half = Math.min(1024, bytes.length) / 2;
  if (half < 2) return undefined;
  if (zeros[1]! > half * 0.6 && zeros[0]! < half * 0.1) return 'utf-16le';
  return zeros[0]! > half * 0.6 && zeros[1]! < half * 0.1 ? 'utf-16be' : undefined;
}

/** Detects the encoding by the first bytes of a file: a byte order mark, valid UTF-8, or else Windows-1252. */
export function detectEncoding(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const byZeros = utf16ByZeros(start);
  if (byZeros) return byZeros;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(wholeCharacters(start));
    return 'utf-8';
  } catch {
    // A few invalid bytes in a text with other valid sequences are damage, not another encoding.
    const text = new TextDecoder().decode(wholeCharacters(start));
    const invalid = text.split('\ufffd').length - 1;
    const valid = [...text].filter((character) => character > '\x7f' && character !== '\ufffd').length;
    return valid > invalid ? 'utf-8' : 'windows-1252';
  }
}

/** Decodes pieces of a file in order. A character that a border divides is returned with the piece that ends it. */
export interface PieceDecoder {
  readonly encoding: Encoding;
  /** Decodes a piece; `last` also flushes an incomplete character. */
  decode(bytes: Uint8Array, last: boolean): string;
}

/** Creates a decoder for a file that begins with `start`. A byte order mark is not part of the text. */
export function createDecoder(start: Uint8Array): PieceDecoder {
  const encoding = detectEncoding(start);
  const decoder = new TextDecoder(encoding);
  return { encoding, decode: (bytes, last) => decoder.decode(bytes, { stream: !last }) };
}
