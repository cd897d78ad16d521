import { isKaggleError, NotFoundError, PermissionError, ValidationError } from 'kaggle-ts/browser';
import type { ComponentChildren } from 'preact';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';

export interface RunProblemProps {
  error: unknown;
  /** `owner/slug`; `undefined` if it is not known. */
  kernel?: string | undefined;
  /** Version of the address. */
  version?: number | undefined;
  /** The run was shown before. */
  wasShown?: boolean;
  onRetry(): void;
}

function Refusal({
  title,
  children,
  action,
}: {
  title: string;
  children: ComponentChildren;
  action: ComponentChildren;
}) {
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <div class="problem-text">
        <strong>{title}</strong>
        <p>{children}</p>
      </div>
      {action}
    </div>
  );
}

const home = (
  <a class="button button-plain" href="#/">
    All runs
  </a>
);

/** Why a run cannot be shown, or no longer. Trying again is offered where it can help. */
export function RunProblem({ error, kernel, version, wasShown, onRetry }: RunProblemProps) {
  if (error instanceof ValidationError) {
    return (
      <Refusal title="This is not the id of a job" action={home}>
        {error.issues?.[0]?.message ?? error.message}
      </Refusal>
    );
  }
  // The handle of a job knows whose it is, and that its kernel was deleted or replaced.
  const says = isKaggleError(error) ? error.message : '';
  if (/\bdeleted\b/.test(says))
    return (
      <Refusal title="This run was deleted" action={home}>
        {says}
      </Refusal>
    );
  if (wasShown && (error instanceof PermissionError || error instanceof NotFoundError)) {
    return (
      <Refusal title="This run was deleted" action={home}>
        Kaggle no longer shows {kernel}: it was deleted, or your account has lost access to it.
      </Refusal>
    );
  }
  if (error instanceof NotFoundError && kernel !== undefined && version !== undefined) {
    return (
      <Refusal
        title={`Version ${version} does not exist`}
        action={
          <a class="button button-plain" href={`#/run/${kernel}`}>
            Latest version
          </a>
        }
      >
        {kernel} has no version {version}, or it was deleted.
      </Refusal>
    );
  }
  if (error instanceof PermissionError || error instanceof NotFoundError) {
    const isExplained = /\baccount\b/.test(says);
    return (
      <Refusal title="This run is not available to your account" action={home}>
        {isExplained
          ? says
          : `${kernel ?? 'It'} does not exist, was deleted, or is private and belongs to another account.`}
      </Refusal>
    );
  }
  return <Problem error={error} onRetry={onRetry} />;
}
