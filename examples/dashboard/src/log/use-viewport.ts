import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** What was measured of a scrolled area with text of one width. */
export interface Measured {
  /** Height of the area without its scrollbar, and its width, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Size of a character in pixels. */
  readonly cellWidth: number;
  readonly rowHeight: number;
}

/** Number of characters in the probe, which has the height of a row. */
export const probeLength = 50;

/** Measures the area and a probe in it, again whenever one of them changes. */
export function useMeasured(
  area: RefObject<HTMLElement | null>,
  probe: RefObject<HTMLElement | null>,
): Measured | undefined {
  const [measured, setMeasured] = useState<Measured>();
  useLayoutEffect(() => {
    const [box, sample] = [area.current, probe.current];
    if (!box || !sample) return;
    const measure = () => {
      const { width, height: rowHeight } = sample.getBoundingClientRect();
      // In a hidden tab, or before the styles are loaded.
      if (width === 0 || rowHeight === 0) return;
      const next = { height: box.clientHeight, width: box.clientWidth, cellWidth: width / probeLength, rowHeight };
      setMeasured((before) => (before && JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    observer.observe(sample);
    measure();
    return () => observer.disconnect();
  }, [area, probe]);
  return measured;
}
