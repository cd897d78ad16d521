import { droppedFiles } from 'kaggle-ts/browser';
import { useEffect, useState } from 'preact/hooks';
import type { PageProps } from '../../app/route.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { isOpen, loadManager, uploadOf } from '../../upload/uploads.ts';
import { CodeField } from './code-field.tsx';
import { costOf, machineOf } from './cost.ts';
import { DataField } from './data-field.tsx';
import { type Draft, emptyDraft, isEmpty } from './draft.ts';
import { describedBy, Field, idOf } from './field.tsx';
import type { FieldErrors } from './fields.ts';
import { loadStarter, submission } from './form.ts';
import { MachineField } from './machine-field.tsx';
import { secondsOf, slugOf } from './names.ts';
import { ParamsField } from './params-field.tsx';
import { ErrorSummary, Progressing } from './result.tsx';
import { useDrop } from './use-drop.ts';
import { useEarlierRun } from './use-earlier-run.ts';
import { useQuotas } from './use-quotas.ts';
import './new.css';

/** Loads what a start needs as soon as something is typed, so that it works without a network then. */
const prepare = () => void loadStarter().catch(() => undefined);

export default function Page({ query }: PageProps) {
  const form = submission();
  const draft = form.draft.value;
  const errors = form.errors.value;
  const phase = form.phase.value;
  const busy = phase.name !== 'editing';
  const [attempt, setAttempt] = useState(0);
  const [dropProblem, setDropProblem] = useState<unknown>();
  const quotas = useQuotas();
  const earlier = useEarlierRun(query.get('from'), form);
  const { change } = form;
  const limit = secondsOf(draft.timeLimit);

  useEffect(() => void form.resume(), [form]);
  useEffect(() => {
    if (form.saved.value) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [form, form.saved.value]);

  async function take(dropped: DataTransfer | readonly File[]): Promise<void> {
    setDropProblem(undefined);
    try {
      // The browser empties a drop when its event has ended, so it is read before anything is loaded.
      const files = droppedFiles(dropped);
      const { addFiles } = await loadManager();
      const list = await files;
      if (list.length === 0) throw new Error('nothing to upload: there are no files in it; choose others');
      const { uploads } = form.draft.peek();
      const open = uploads.find((id) => isOpen(uploadOf(id)));
      const id = await addFiles(list, open);
      if (id !== open) change({ uploads: [...uploads, id] });
    } catch (error) {
      setDropProblem(error);
    }
  }
  const over = useDrop(!busy, take);

  /** Checks one field as soon as the user leaves it, once it has a value. */
  async function checkField(name: 'title' | 'timeLimit'): Promise<void> {
    const draft = form.draft.peek();
    if (draft[name] === '') return;
    // Without its code there is no check here; there is one at the start.
    const found: FieldErrors = await loadStarter()
      .then(({ checkDraft }) => checkDraft(draft))
      .catch(() => ({}));
    const { [name]: _, ...others } = form.errors.peek();
    form.setErrors({ ...others, ...(found[name] && { [name]: found[name] }) });
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const cost = costOf(quotas, machineOf(draft.machine), limit);
    if (cost?.state === 'used-up' || cost?.state === 'none') {
      const renews = cost.renews ? ` It renews on ${cost.renews.toLocaleString()}.` : '';
      form.setErrors({ machine: `the ${cost.kind} quota is used up.${renews} Choose another accelerator` });
      setAttempt(attempt + 1);
      return;
    }
    await form.submit();
    setAttempt((number) => number + 1);
  }

  const slug = slugOf(draft);
  return (
    <form class={`new ${over ? 'new-over' : ''}`} noValidate onSubmit={submit} onInput={prepare}>
      <div class="page-head">
        <h1>New run</h1>
        {!isEmpty(draft) && (
          <Button kind="quiet" icon="trash" disabled={busy} onClick={() => form.replace(emptyDraft)}>
            Reset
          </Button>
        )}
      </div>
      <ErrorSummary form={form} attempt={attempt} />
      <Progressing form={form} />
      {earlier.error !== undefined && <Problem error={earlier.error} onRetry={earlier.retry} />}
      {dropProblem !== undefined && <Problem error={dropProblem} onDismiss={() => setDropProblem(undefined)} />}
      {form.before.value && (
        <p class="new-note">
          Your draft was replaced. <Button onClick={() => form.restore()}>Restore the draft</Button>{' '}
          <Button kind="quiet" icon="cross" aria-label="Discard the draft" onClick={() => form.forget()} />
        </p>
      )}
      {earlier.lost.length > 0 && (
        <p class="new-note">
          The earlier run also sent {earlier.lost.join(', ')}, which this form cannot send. Upload them as data.
        </p>
      )}
      {form.warnings.value.map((warning) => (
        <p class="new-note" key={warning}>
          {warning}
        </p>
      ))}
      {!form.saved.value && (
        <p class="new-note">
          The browser cannot keep this draft: its storage is full or blocked. Start the run before you close the page.
        </p>
      )}
      <div class="new-grid" aria-busy={earlier.loading || undefined}>
        <fieldset class="new-main" disabled={busy || earlier.loading}>
          <legend class="hidden">Code</legend>
          <Field
            name="title"
            label="Title"
            error={errors.title}
            hint={
              draft.target ? (
                <>
                  A new version of <span class="mono">{draft.target}</span>.{' '}
                  <Button kind="quiet" onClick={() => change({ target: '' })}>
                    Make a new one instead
                  </Button>
                </>
              ) : (
                <>
                  Address: <span class="mono">{slug || 'made from the title'}</span>
                </>
              )
            }
          >
            <input
              id={idOf('title')}
              {...describedBy('title', errors.title)}
              autocomplete="off"
              value={draft.title}
              onInput={(event) => change({ title: event.currentTarget.value })}
              onBlur={() => checkField('title')}
            />
          </Field>
          <div class="new-row">
            <Field name="kind" label="Type" error={errors.kind}>
              <select
                id={idOf('kind')}
                {...describedBy('kind', errors.kind, false)}
                value={draft.kind}
                onChange={(event) => {
                  const kind = event.currentTarget.value as Draft['kind'];
                  change({ kind, ...(kind === 'notebook' && draft.language === 'rmarkdown' && { language: 'r' }) });
                }}
              >
                <option value="script">Script</option>
                <option value="notebook">Notebook</option>
              </select>
            </Field>
            <div class="field">
              <label class="field-label" for="new-language">
                Language
              </label>
              <select
                id="new-language"
                value={draft.language}
                onChange={(event) => change({ language: event.currentTarget.value as Draft['language'] })}
              >
                <option value="python">Python</option>
                <option value="r">R</option>
                {draft.kind === 'script' && <option value="rmarkdown">R Markdown</option>}
              </select>
            </div>
          </div>
          <CodeField draft={draft} error={errors.code} readOnly={busy || earlier.loading} onChange={change} />
          {(draft.language === 'python' || errors.params) && (
            <ParamsField params={draft.params} error={errors.params} onChange={(params) => change({ params })} />
          )}
        </fieldset>
        <div class="new-side">
          <fieldset class="card new-card" disabled={busy}>
            <legend class="hidden">Machine</legend>
            <MachineField
              machine={draft.machine}
              timeLimit={limit}
              quotas={quotas}
              error={errors.machine}
              onChange={(machine) => {
                change({ machine });
                const { machine: _, ...others } = errors;
                form.setErrors(others);
              }}
            />
            <Field
              name="timeLimit"
              label="Time limit in hours"
              error={errors.timeLimit}
              hint={`Empty: Kaggle's own limit, ${machineOf(draft.machine).longest} hours.`}
            >
              <input
                id={idOf('timeLimit')}
                {...describedBy('timeLimit', errors.timeLimit)}
                inputMode="decimal"
                autocomplete="off"
                value={draft.timeLimit}
                onInput={(event) => change({ timeLimit: event.currentTarget.value })}
                onBlur={() => checkField('timeLimit')}
              />
            </Field>
            <label class="check">
              <input
                type="checkbox"
                id={idOf('internet')}
                {...describedBy('internet', errors.internet, false)}
                checked={draft.internet}
                onChange={(event) => change({ internet: event.currentTarget.checked })}
              />
              Internet access
            </label>
            {errors.internet && (
              <p class="field-error" id={`${idOf('internet')}-error`}>
                {errors.internet}
              </p>
            )}
            <label class="check">
              <input
                type="checkbox"
                id={idOf('isPrivate')}
                checked={draft.isPrivate}
                onChange={(event) => change({ isPrivate: event.currentTarget.checked })}
              />
              Private
            </label>
          </fieldset>
          <DataField draft={draft} errors={errors} disabled={busy} onChange={change} onFiles={take} />
        </div>
      </div>
      <div class="new-submit">
        <Button kind="primary" type="submit" icon="right" busy={busy}>
          {busy ? 'Starting' : 'Start run'}
        </Button>
        <span class="muted small">Kept in this browser until it starts.</span>
      </div>
    </form>
  );
}
