import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';

/** Returns a function that draws the component again in the next frame, however often it is called until then. */
export function useFrame(): () => void {
  const [, draw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const frame = useRef<number | undefined>(undefined);
  useEffect(() => () => cancelAnimationFrame(frame.current ?? 0), []);
  return useCallback(() => {
    frame.current ??= requestAnimationFrame(() => {
      frame.current = undefined;
      draw(undefined);
    });
  }, []);
}
