/** The table of a reflected 32-bit polynomial. */
function table(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

/** Looks up eight bytes at once, each in the table of its distance from the end of the eight. */
function make(polynomial: number): (data: Uint8Array, before?: number) => number {
  const t0 = table(polynomial);
  const shifted = (effects: Uint32Array) => effects.map((value) => t0[value & 255]! ^ (value >>> 8));
  const t1 = shifted(t0);
  const t2 = shifted(t1);
  const t3 = shifted(t2);
  const t4 = shifted(t3);
  const t5 = shifted(t4);
  const t6 = shifted(t5);
  const t7 = shifted(t6);
  return (data, before = 0) => {
    let crc = ~before;
    let at = 0;
    for (const end = data.length - 7; at < end; at += 8) {
      const first = crc ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24));
      crc =
        t7[first & 255]! ^
        t6[(first >>> 8) & 255]! ^
        t5[(first >>> 16) & 255]! ^
        t4[first >>> 24]! ^
        t3[data[at + 4]!]! ^
        t2[data[at + 5]!]! ^
        t1[data[at + 6]!]! ^
        t0[data[at + 7]!]!;
    }
    for (; at < data.length; at++) crc = t0[(crc ^ data[at]!) & 255]! ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}

/** The CRC-32 of zip archives, continued from `before`. */
export const crc32: (data: Uint8Array, before?: number) => number = make(0xedb88320);

/** The CRC-32C of the storage. It does not use the client's implementation, so that a bug there is not hidden. */
export const crc32c: (data: Uint8Array, before?: number) => number = make(0x82f63b78);
