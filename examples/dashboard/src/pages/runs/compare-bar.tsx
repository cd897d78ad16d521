import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

/** Appears at the bottom while runs are selected. */
export function CompareBar({ keys, onClear }: { keys: readonly string[]; onClear: () => void }) {
  if (keys.length === 0) return null;
  return (
    <section class="runs-compare card" aria-label="Selected runs">
      <p aria-live="polite">{keys.length} selected</p>
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
      {keys.length > 1 ? (
        <a class="button button-primary" href={`#/compare?runs=${keys.join(',')}`}>
          <Icon name="chart" />
          Compare
        </a>
      ) : (
        <span class="muted small">Select another to compare</span>
      )}
    </section>
  );
}
