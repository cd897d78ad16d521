import { ConnectionError, isKaggleError, PermissionError } from 'kaggle-ts/browser';
import { useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';

export interface CancelDialogProps {
  /** `owner/slug/version`. */
  run: string;
  title: string;
  onClose(): void;
  /** Called when Kaggle has accepted the request. */
  onCanceled?: () => void;
}

/**
 * Without a session id, or with that of another account, nothing can be done from here: Kaggle's own page can. `cancel` throws a
 * `KaggleError` itself, no subclass, if it finds no id; a lost connection while it reads the log is worth another try.
 */
function isImpossible(error: unknown): boolean {
  if (error instanceof PermissionError) return true;
  return isKaggleError(error) && error.name === 'KaggleError' && !(error.cause instanceof ConnectionError);
}

/** Asks before a run is canceled, and explains when it cannot be canceled here. */
export default function CancelDialog({ run, title, onClose, onCanceled }: CancelDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const impossible = isImpossible(error);
  const page = `https://www.kaggle.com/code/${run.split('/').slice(0, 2).join('/')}`;

  async function confirm(): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      // Only now: it reads the log.
      const { cancelRun } = await import('../../data/cancel.ts');
      await cancelRun(run);
      announce(`Canceling ${title}`);
      onCanceled?.();
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={impossible ? 'This run cannot be canceled here' : 'Cancel this run?'}
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{impossible ? 'Close' : 'Keep running'}</Button>
          {impossible ? (
            <a class="button button-primary" href={page} target="_blank" rel="noreferrer">
              <Icon name="open" />
              Cancel it on Kaggle
            </a>
          ) : (
            <Button kind="danger" icon="stop" busy={isBusy} onClick={confirm}>
              Cancel run
            </Button>
          )}
        </>
      }
    >
      {impossible ? (
        <p role="alert">
          {error instanceof PermissionError
            ? 'Kaggle refused: the session does not exist any more, or another account started it.'
            : 'Kaggle cancels a run by the id of its session, which the API does not return. Python scripts that were started here print it at the start of their log. This run has not printed one: it is another kind of notebook or script, or it has not started yet.'}
        </p>
      ) : (
        <>
          <p>
            <strong>{title}</strong> stops. Kaggle saves the output that it has written so far.
          </p>
          {error !== undefined && <Problem error={error} />}
        </>
      )}
    </Dialog>
  );
}
