/** Functions that are compiled again inside the realm: pack the memory of an interpreter, most of which is zeros. */

/**
 * Packs bytes without their pages of zeros. Format in 32-bit numbers: the length, the number of pages, the position of
 * each page; then the pages.
 */
export function packSnapshot(bytes: Uint8Array): Uint8Array {
  const page = 65_536;
  const kept: number[] = [];
  for (let at = 0; at < bytes.length; at += page) {
    const whole = bytes.length - at >= page && new Float64Array(bytes.buffer, bytes.byteOffset + at, page / 8);
    // Not a number is not zero, either.
    if (!whole || whole.some((value) => value !== 0 || Object.is(value, -0))) kept.push(at);
  }
  const head = Uint32Array.of(bytes.length, kept.length, ...kept);
  const packed = new Uint8Array(head.byteLength + kept.length * page);
  packed.set(new Uint8Array(head.buffer));
  for (const [index, at] of kept.entries()) packed.set(bytes.subarray(at, at + page), head.byteLength + index * page);
  return packed;
}

/** Unpacks the bytes of `packSnapshot`. Throws if they are not complete. */
export function unpackSnapshot(packed: Uint8Array): Uint8Array {
  const page = 65_536;
  const numbers = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const length = numbers.getUint32(0, true);
  const count = numbers.getUint32(4, true);
  const first = 8 + count * 4;
  if (packed.length !== first + count * page) throw new Error('the snapshot is incomplete');
  const bytes = new Uint8Array(length);
  for (let index = 0; index < count; index++) {
    const at = numbers.getUint32(8 + index * 4, true);
    const from = first + index * page;
    bytes.set(packed.subarray(from, from + Math.min(page, length - at)), at);
  }
  return bytes;
}
