/** The rows of a virtual list that are rendered, and the space above and below them in pixels. */
export interface RowsInView {
  readonly first: number;
  /** End of the rows, exclusive. */
  readonly end: number;
  readonly above: number;
  readonly below: number;
}

/** Returns the rows of equal height that are visible, and some beyond, so that scrolling shows no gaps. */
export function rowsInView(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  beyond = 10,
): RowsInView {
  const first = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - beyond, count - 1));
  const end = Math.max(first, Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + beyond));
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}
