import { useState } from 'preact/hooks';
import type { RunRow } from '../../data/run-rows.ts';
import { expectChange } from '../../data/runs.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';

/** Asks before a run is canceled. */
export function CancelDialog({ row, onClose }: { row: RunRow; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function confirm(): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      const { cancelRun } = await import('../../data/cancel.ts');
      await cancelRun(row.key);
      expectChange(row, 'CANCEL_REQUESTED');
      announce(`Canceling ${row.title}`);
      onClose();
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  }

  return (
    <Dialog
      title="Cancel this run?"
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          {error !== undefined && (
            <a class="button" href={`https://www.kaggle.com/code/${row.ref}`} target="_blank" rel="noreferrer">
              Open on Kaggle
            </a>
          )}
          <Button kind="danger" icon="stop" busy={busy} onClick={confirm}>
            Cancel run
          </Button>
        </>
      }
    >
      <p>
        <strong>{row.title}</strong> stops. Kaggle saves the output that it has written so far.
      </p>
      {error !== undefined && <Problem error={error} />}
    </Dialog>
  );
}
