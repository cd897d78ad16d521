import { describe } from '../data/problem.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import './problem.css';

export interface ProblemProps {
  error: unknown;
  /** Shows a button that calls it. */
  onRetry?: () => void;
  /** Text of the button. @default 'Retry' */
  retryLabel?: string;
  /** Closes the message. */
  onDismiss?: () => void;
}

/** An error: what failed, why, and what to do. Screen readers announce it. */
export function Problem({ error, onRetry, retryLabel = 'Retry', onDismiss }: ProblemProps) {
  const { title, detail } = describe(error);
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <div class="problem-text">
        <strong>{title}</strong>
        <p>{detail}</p>
      </div>
      {onRetry && (
        <Button icon="rerun" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
      {onDismiss && <Button kind="quiet" icon="cross" aria-label="Dismiss" onClick={onDismiss} />}
    </div>
  );
}
