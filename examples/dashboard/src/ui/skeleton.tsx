import './skeleton.css';

/** Gray bars in place of what is being loaded. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return <div class="skeleton" role="status" aria-label="Loading" style={{ height: `${lines * 26}px` }} />;
}
