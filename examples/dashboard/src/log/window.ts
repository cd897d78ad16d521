/** Maximum height of an element in pixels that all browsers can show. */
const tallest = 8_000_000;

/** Rows above and below the visible ones that are rendered too. */
const extra = 8;

export interface Viewport {
  /** Number of rows in all. */
  readonly rows: number;
  /** Height of a row in pixels. */
  readonly rowHeight: number;
  /** Height of the visible part in pixels. */
  readonly height: number;
}

/** Height of the content in pixels. A log of more rows than fit is scrolled faster. */
export function contentHeight({ rows, rowHeight }: Viewport): number {
  return Math.min(tallest, rows * rowHeight);
}

/** Rows per pixel of scrolling. */
function pace(view: Viewport): number {
  const scrolled = contentHeight(view) - view.height;
  return scrolled > 0 ? (view.rows * view.rowHeight - view.height) / view.rowHeight / scrolled : 0;
}

export interface Visible {
  /** The first rendered row, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Position of the first rendered row in the content, in pixels. */
  readonly top: number;
  /** The first row of which a part is visible. */
  readonly first: number;
}

/** The rows to render at a scroll position. */
export function visibleRows(view: Viewport, scrollTop: number): Visible {
  const { rows, rowHeight, height } = view;
  const position = Math.max(0, scrollTop) * pace(view);
  const first = Math.max(0, Math.min(rows - 1, Math.floor(position)));
  const start = Math.max(0, first - extra);
  const end = Math.min(rows, first + Math.ceil(height / rowHeight) + 1 + extra);
  return { start, end, first, top: Math.max(0, scrollTop) - (position - start) * rowHeight };
}

/** The scroll position at which `row` is the first one. */
export function scrollTopOf(view: Viewport, row: number): number {
  const rate = pace(view);
  return rate === 0 ? 0 : Math.min(contentHeight(view) - view.height, row / rate);
}
