/** The table of a reflected 32-bit polynomial. */
function table(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function make(polynomial: number): (data: Uint8Array, before?: number) => number {
  const effects = table(polynomial);
  return (data, before = 0) => {
    let crc = ~before;
    for (let at = 0; at < data.length; at++) crc = effects[(crc ^ data[at]!) & 255]! ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}

/** The CRC-32 of zip archives, continued from `before`. */
export const crc32: (data: Uint8Array, before?: number) => number = make(0xedb88320);

/** The CRC-32C of the storage. It does not use the client's implementation, so that a bug there is not hidden. */
export const crc32c: (data: Uint8Array, before?: number) => number = make(0x82f63b78);
