/** A line of a hex dump. */
export interface HexRow {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

/** Formats bytes as lines of 16: offset, hex digits in two groups, and printable ASCII. */
export function hexRows(bytes: Uint8Array, start = 0): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)];
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0'));
    rows.push({
      offset: (start + at).toString(16).padStart(8, '0'),
      hex: [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')].filter(Boolean).join('  ').padEnd(48),
      text: line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join(''),
    });
  }
  return rows;
}
