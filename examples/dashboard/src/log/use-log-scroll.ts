import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
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
  /** Scrolls so that the row is visible: in the middle, or as the first one. */
  reveal(row: number, as?: 'middle' | 'first'): void;
}

/** Scrolls the log: it sticks to the end while lines arrive, until the person scrolls up. */
export function useLogScroll(
  area: RefObject<HTMLElement | null>,
  view: Viewport | undefined,
  { atEnd, draw }: { atEnd: boolean; draw: () => void },
): LogScroll {
  const state = useRef({ top: 0, follows: atEnd, wanted: undefined as number | undefined }).current;
  const last = view ? Math.max(0, contentHeight(view) - view.height) : 0;
  const top = state.follows ? last : Math.min(last, state.wanted ?? state.top);

  // Before the browser paints, so that no frame shows the place before.
  useLayoutEffect(() => {
    const box = area.current;
    if (!box || !view) return;
    if ((state.follows || state.wanted !== undefined) && Math.abs(box.scrollTop - top) > 0.5) box.scrollTop = top;
    state.wanted = undefined;
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
    reveal(row, as = 'middle') {
      if (!view) return;
      const seen = visibleRows(view, state.top);
      const visible = Math.floor(view.height / view.rowHeight);
      const isVisible = row >= seen.first && row < seen.first + visible - 1;
      if (as === 'middle' && isVisible && !state.follows) return;
      state.follows = false;
      state.wanted = scrollTopOf(view, Math.max(0, as === 'first' ? row : row - Math.floor(visible / 2)));
      draw();
    },
  };
}
