import './progress.css';

export interface ProgressProps {
  /** What progresses, for screen readers. */
  label: string;
  /** From 0 to 1; without it, the end is not known. */
  value?: number;
}

export function Progress({ label, value }: ProgressProps) {
  return <progress class="progress" aria-label={label} max={1} value={value} />;
}
