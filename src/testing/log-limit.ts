/** Maximum size of a log in characters. Each piece counts 100 more, for its entry in a list. */
const defaultLimit = 32 * 2 ** 20;
const perPiece = 100;

/**
 * Limits the size of a log. The returned function takes each piece and returns the part to keep: all of it, or at the
 * limit its beginning and a line that says so, and `undefined` from then on.
 */
export function createLogLimit(limit: number = defaultLimit): (data: string) => string | undefined {
  let left = limit;
  return (data) => {
    if (left <= 0) return undefined;
    left -= data.length + perPiece;
    if (left > 0) return data;
    return `${data.slice(0, Math.max(0, data.length + left))}\n[log truncated: it exceeds the size limit]\n`;
  };
}
