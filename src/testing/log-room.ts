/** Characters that the log of a run may take; each piece counts 100 more, which is what its place in a list takes. */
const most = 32 * 2 ** 20;
const perPiece = 100;

/**
 * Bounds a log. The function that it gives back takes each piece and returns what of it to keep: all, or at the end of the
 * room its beginning and a line that says so, and then nothing.
 */
export function createLogRoom(room: number = most): (data: string) => string | undefined {
  let left = room;
  return (data) => {
    if (left <= 0) return undefined;
    left -= data.length + perPiece;
    if (left > 0) return data;
    return `${data.slice(0, Math.max(0, data.length + left))}\n[log truncated: it exceeds the size limit]\n`;
  };
}
