import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { groupOf } from '../../data/run-rows.ts';
import { rows, states } from '../../data/runs.ts';
import { announce } from '../../ui/announce.tsx';
import { statusLabel } from '../../ui/status.tsx';

/** Has screen readers say when a run ends that was active while the page was open. */
export function useEndings(): void {
  useEffect(() => {
    const active = new Set<string>();
    return effect(() => {
      for (const [key, { status }] of states.value) {
        if (groupOf(status) === 'active') active.add(key);
        else if (active.delete(key)) {
          const title = rows.peek()?.find((row) => row.key === key)?.title ?? key;
          announce(`${title}: ${statusLabel(status)}`);
        }
      }
    });
  }, []);
}
