import { useEffect, useRef } from 'preact/hooks';
import { runAddress } from '../../app/route.ts';
import { describe } from '../../data/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { idOf } from './field.tsx';
import { type FieldErrors, type FieldName, labels } from './fields.ts';
import type { Phase, Submission } from './submission.ts';

function focusField(name: FieldName): void {
  const control = document.getElementById(idOf(name));
  control?.focus();
  control?.scrollIntoView({ block: 'center' });
}

/** All errors in one place, with links to the fields. Gets the focus when a start was refused. */
export function ErrorSummary({ form, attempt }: { form: Submission; attempt: number }) {
  const errors: FieldErrors = form.errors.value;
  const box = useRef<HTMLDivElement>(null);
  const names = (Object.keys(labels) as FieldName[]).filter((name) => errors[name]);
  const partial = form.partial.value;
  const any = names.length > 0 || errors.form !== undefined;
  // Each refused start moves the focus.
  useEffect(() => {
    if (attempt > 0 && any) box.current?.focus();
  }, [attempt, any]);
  if (!any) return null;
  return (
    <div class="problem summary" role="alert" tabIndex={-1} ref={box}>
      <Icon name="alert" />
      <div class="problem-text">
        <strong>{partial ? 'The run started without some of its data' : 'The run was not started'}</strong>
        {errors.form && <p>{errors.form}</p>}
        <ul>
          {names.map((name) => (
            <li key={name}>
              <button type="button" class="summary-link" onClick={() => focusField(name)}>
                {labels[name]}
              </button>
              : {errors[name]}
            </li>
          ))}
        </ul>
        {partial && (
          <a href={runAddress(partial)}>
            Open version {partial.versionNumber} of {partial.ref}
          </a>
        )}
      </div>
      {form.slots.value && (
        <Button icon="clock" onClick={() => form.submit({ waitForSlot: 6 * 3600 })}>
          Wait for a free session
        </Button>
      )}
    </div>
  );
}

const texts: Readonly<Record<Exclude<Phase['name'], 'editing'>, string>> = {
  checking: 'Checking the run',
  uploading: 'The run starts when its data is uploaded. You can leave this page open or continue elsewhere.',
  starting: 'Starting the run',
  unknown: 'The connection was lost while the run was being started',
};

/** What happens between the click and the run. */
export function Progressing({ form }: { form: Submission }) {
  const phase = form.phase.value;
  if (phase.name === 'editing' || phase.name === 'checking') return null;
  const waits = phase.name === 'starting' && phase.status === 'WAITING_FOR_SLOT';
  return (
    <div class="progressing card" role="status">
      <span class="button-spinner" />
      <div>
        <p>{waits ? 'All sessions are in use. The run starts when one is free.' : texts[phase.name]}</p>
        {phase.name === 'unknown' && (
          <p class="muted small">
            {describe(phase.error).title}. When the server can be reached, this page finds out whether the run exists,
            and starts it if not. It is never started twice.
          </p>
        )}
      </div>
      {(phase.name !== 'starting' || waits) && <Button onClick={() => form.stop()}>Stop</Button>}
    </div>
  );
}
