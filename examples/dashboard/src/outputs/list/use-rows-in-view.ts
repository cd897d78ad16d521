import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { type RowsInView, rowsInView } from '../files/rows-in-view.ts';

/** The rows of a scrolled list that are in view. Renders again only when other rows are. */
export function useRowsInView(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowsInView {
  const [place, setPlace] = useState({ top: 0, height: 600 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that was empty has a new element
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let frame = 0;
    const update = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setPlace({ top: element.scrollTop, height: element.clientHeight }));
    };
    const resized = new ResizeObserver(update);
    resized.observe(element);
    element.addEventListener('scroll', update, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      element.removeEventListener('scroll', update);
    };
  }, [scroller, count === 0]);
  return rowsInView(count, rowHeight, place.top, place.height);
}
