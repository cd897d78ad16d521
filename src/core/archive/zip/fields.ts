import { corruptArchive } from '../archive-error.ts';
import { viewOf } from '../byte-cursor.ts';

/** First four bytes of the records of a zip archive, as little-endian numbers (APPNOTE.TXT 4.3). */
export const signatures = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

/** The two supported compression methods. */
export const stored = 0;
export const deflated = 8;

/** Bits of an entry's flags. */
export const flagBits = { encrypted: 1, descriptor: 8, strong: 64, utf8: 2048, masked: 8192 } as const;

/** A 64-bit number; `Infinity` beyond 2^53, which no length or offset of a real archive exceeds. */
export function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
}

/** The extra fields of a header, by identifier. A field that exceeds the header is ignored. */
export function extraFields(bytes: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const view = viewOf(bytes);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > bytes.length) break;
    const id = view.getUint16(at, true);
    if (!fields.has(id)) fields.set(id, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** The upper half of code page 437, the encoding of names without the UTF-8 flag. */
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/**
 * Decodes a name. Throws `TransferError` for invalid UTF-8. Without the UTF-8 flag it is code page 437, unless the extra field of
 * Info-ZIP (0x7075) has the name in UTF-8.
 */
export function decodeName(file: string, bytes: Uint8Array, flags: number, extra: Map<number, Uint8Array>): string {
  const utf8 = (text: Uint8Array) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw corruptArchive(file, 'the name of an entry is not valid UTF-8');
    }
  };
  if (flags & flagBits.utf8) return utf8(bytes);
  const unicode = extra.get(0x7075);
  if (unicode && unicode.length > 5 && unicode[0] === 1) return utf8(unicode.subarray(5));
  let name = '';
  for (const byte of bytes) name += byte < 128 ? String.fromCharCode(byte) : cp437[byte - 128];
  return name;
}

/** The modification time: from extra fields in UTC, otherwise from the MS-DOS fields, read as UTC. */
export function entryTime(dosTime: number, dosDate: number, extra: Map<number, Uint8Array>): Date | undefined {
  const unix = extra.get(0x5455);
  if (unix && unix.length >= 5 && unix[0]! & 1) return new Date(viewOf(unix).getInt32(1, true) * 1000);
  const ntfs = extra.get(0x000a);
  if (ntfs && ntfs.length >= 32 && viewOf(ntfs).getUint16(4, true) === 1) {
    // Units of 100 ns since 1601.
    const ms = Number(viewOf(ntfs).getBigUint64(8, true) / 10_000n) - 11_644_473_600_000;
    if (Math.abs(ms) <= 8.64e15) return new Date(ms);
  }
  const [year, month, day] = [1980 + (dosDate >>> 9), (dosDate >>> 5) & 15, dosDate & 31];
  if (month < 1 || month > 12 || day < 1) return undefined;
  return new Date(Date.UTC(year, month - 1, day, dosTime >>> 11, (dosTime >>> 5) & 63, (dosTime & 31) * 2));
}
