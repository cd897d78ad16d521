/** Whether an image moves: a GIF with several frames, an animated WebP, PNG or AVIF. `bytes` is the whole file. */
export function isAnimated(bytes: Uint8Array, type: string): boolean {
  const text = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (type === 'image/png') {
    // The chunk acTL comes before the first IDAT.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
      const chunk = text(at + 4, at + 8);
      if (chunk === 'acTL') return true;
      if (chunk === 'IDAT') return false;
    }
    return false;
  }
  if (type === 'image/webp') return text(12, 16) === 'VP8X' && (bytes[20]! & 2) !== 0;
  if (type === 'image/avif') return text(8, 12) === 'avis';
  return type === 'image/gif' && gifFrames(bytes) > 1;
}

/** Counts the frames of a GIF, up to 2. */
function gifFrames(bytes: Uint8Array): number {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(bytes[10] ?? 0);
  let frames = 0;
  const skipBlocks = () => {
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    at++;
  };
  while (at < bytes.length && frames < 2) {
    if (bytes[at] === 0x21) {
      at += 2;
      skipBlocks();
    } else if (bytes[at] === 0x2c) {
      frames++;
      at += 10 + tableSize(bytes[at + 9] ?? 0) + 1;
      skipBlocks();
    } else break;
  }
  return frames;
}
