import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Position } from './copy.ts';
import type { Rows } from './rows.ts';
import { contentHeight, scrollTopOf, type Viewport, visibleRows } from './window.ts';

export interface LogScroll {
  /** The scroll position of this drawing. */
  readonly top: number;
  /** Whether the log sticks to its end. */
  readonly follows: boolean;
  onScroll(): void;
  /** Stops sticking to the end: the person scrolls up, or looks at something. */
  release(): void;
  toEnd(): void;
  /** Scrolls so that a position in a line is visible: in the middle, or in the first row. */
  reveal(target: Position, as?: 'middle' | 'first'): void;
  /** Whether this drawing carries out a `reveal`. */
  readonly isRevealing: boolean;
}

/** Scrolls the log: it sticks to the end while lines arrive, until the person scrolls up. */
export function useLogScroll(
  area: RefObject<HTMLElement | null>,
  view: Viewport | undefined,
  { rows, atEnd, draw }: { rows: Rows; atEnd: boolean; draw: () => void },
): LogScroll {
  type Wanted = Position & { as: 'middle' | 'first' };
  const state = useRef({ top: 0, follows: atEnd, wanted: undefined as Wanted | undefined }).current;
  const visible = view ? Math.floor(view.height / view.rowHeight) : 0;
  const last = view ? Math.max(0, contentHeight(view) - view.height) : 0;
  const { wanted } = state;
  // Found only now: the rows may be others than when it was asked for.
  const row = wanted && rows.rowOf(wanted.index, wanted.at) - (wanted.as === 'middle' ? Math.floor(visible / 2) : 0);
  const wantedTop = view && row !== undefined ? scrollTopOf(view, Math.max(0, row)) : undefined;
  const top = state.follows ? last : Math.min(last, wantedTop ?? state.top);

  // Before the browser paints, so that no frame shows the place before.
  useLayoutEffect(() => {
    const box = area.current;
    if (!box || !view) return;
    if ((state.follows || wanted) && Math.abs(box.scrollTop - top) > 0.5) box.scrollTop = top;
    if (state.wanted === wanted) state.wanted = undefined;
    state.top = box.scrollTop;
  });

  const release = () => {
    if (!state.follows) return;
    state.follows = false;
    draw();
  };
  return {
    top,
    follows: state.follows,
    onScroll() {
      const box = area.current;
      if (!box) return;
      const before = state.top;
      state.top = box.scrollTop;
      const below = box.scrollHeight - box.clientHeight - box.scrollTop;
      if (below < 2) state.follows = true;
      else if (state.top < before - 0.5) state.follows = false;
      draw();
    },
    release,
    toEnd() {
      state.follows = true;
      draw();
    },
    reveal(target, as = 'middle') {
      if (!view) return;
      const { first } = visibleRows(view, state.top);
      const at = rows.rowOf(target.index, target.at);
      const isVisible = at >= first && at < first + visible - 1;
      if (as === 'middle' && isVisible && !state.follows) return;
      state.follows = false;
      state.wanted = { ...target, as };
      draw();
    },
    isRevealing: wanted !== undefined,
  };
}
