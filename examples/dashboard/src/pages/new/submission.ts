import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { type Draft, emptyDraft, isEmpty, type PendingStart } from './draft.ts';
import type { FieldErrors } from './fields.ts';
import type { Outcome } from './refusals.ts';
import type { DraftStore } from './store.ts';

/** A run that was started. */
export interface StartedRun {
  id: string;
  ref: string;
  versionNumber: number;
}

/** What the form does. */
export type Phase =
  | { name: 'editing' }
  | { name: 'checking' }
  /** Waits until the uploads of the draft are datasets. */
  | { name: 'uploading' }
  | { name: 'starting'; status?: string }
  /** The result of the start is not known: it is started with the same key again, which finds a run that was started. */
  | { name: 'unknown'; error: unknown };

/** How a start is observed, and stopped. */
export interface StartEvents {
  signal: AbortSignal;
  onStatus: (status: string) => void;
  onWarning: (text: string) => void;
}

/** What a submission needs of the page; a test passes its own. */
export interface SubmissionEffects {
  store: DraftStore;
  newKey(): string;
  /** Checks a draft without sending it. */
  check(draft: Draft): Promise<FieldErrors>;
  /** Resolves to the datasets of the draft's uploads when all are ready. */
  datasets(draft: Draft, signal: AbortSignal): Promise<readonly string[]>;
  /** Starts the run, at most once for the key. */
  start(pending: PendingStart, datasets: readonly string[], options: StartEvents): Promise<StartedRun>;
  outcomeOf(error: unknown): Promise<Outcome>;
  /** Resolves after a pause, or at once when the network is back. */
  retryTime(attempt: number, signal: AbortSignal): Promise<void>;
  onStarted(run: StartedRun, draft: Draft): void;
}

/** The draft, and its way to a run. */
export interface Submission {
  readonly draft: ReadonlySignal<Draft>;
  /** The draft that an earlier run replaced; `undefined` if nothing was typed. */
  readonly before: ReadonlySignal<Draft | undefined>;
  readonly errors: ReadonlySignal<FieldErrors>;
  readonly phase: ReadonlySignal<Phase>;
  readonly warnings: ReadonlySignal<readonly string[]>;
  /** Whether the draft survives a reload. */
  readonly saved: ReadonlySignal<boolean>;
  /** A start was refused because all sessions of the account are in use. */
  readonly slots: ReadonlySignal<boolean>;
  /** A version that started without some of its sources. */
  readonly partial: ReadonlySignal<{ ref: string; versionNumber: number } | undefined>;
  change(change: Partial<Draft>): void;
  /** Replaces the draft, which `restore` brings back. */
  replace(draft: Draft): void;
  restore(): void;
  /** Forgets the draft that was replaced. */
  forget(): void;
  setErrors(errors: FieldErrors): void;
  /** Starts the draft. Does nothing while a start is in progress. Resolves when there is a result, or a reason to change something. */
  submit(options?: { waitForSlot?: number }): Promise<void>;
  /** Continues a start that a reload interrupted. */
  resume(): Promise<void>;
  /** Stops waiting. A run may have been started if the phase was `starting` or `unknown`. */
  stop(): void;
}

export function createSubmission(effects: SubmissionEffects): Submission {
  const { store } = effects;
  const stored = store.load();
  const draft = signal(stored?.draft ?? emptyDraft);
  const before = signal(stored?.before);
  const errors = signal<FieldErrors>({});
  const phase = signal<Phase>({ name: 'editing' });
  const warnings = signal<readonly string[]>([]);
  const saved = signal(true);
  const slots = signal(false);
  const partial = signal<{ ref: string; versionNumber: number } | undefined>();
  let pending = stored?.pending;
  let abort: AbortController | undefined;

  function save(): void {
    const replaced = before.peek();
    saved.value = store.save({
      draft: draft.peek(),
      ...(replaced && { before: replaced }),
      ...(pending && { pending }),
    });
  }

  function settle(next: { errors?: FieldErrors; slots?: boolean; run?: { ref: string; versionNumber: number } }): void {
    pending = undefined;
    batch(() => {
      errors.value = next.errors ?? {};
      slots.value = next.slots ?? false;
      partial.value = next.run;
      phase.value = { name: 'editing' };
    });
    save();
  }

  /** One attempt. Returns whether there is a result, so that no other attempt is needed. */
  async function attempt(current: PendingStart, signal: AbortSignal, number: number): Promise<boolean> {
    try {
      phase.value = { name: 'uploading' };
      const datasets = await effects.datasets(current.draft, signal);
      signal.throwIfAborted();
      phase.value = { name: 'starting' };
      const run = await effects.start(current, datasets, {
        signal,
        onStatus: (status) => {
          phase.value = { name: 'starting', status };
        },
        onWarning: (text) => {
          warnings.value = [...warnings.peek(), text];
        },
      });
      draft.value = emptyDraft;
      settle({});
      if (!before.peek()) saved.value = store.save(undefined);
      effects.onStarted(run, current.draft);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      const outcome = await effects.outcomeOf(error);
      if (outcome.type === 'refused') settle({ errors: outcome.errors, slots: outcome.slots ?? false });
      else if (outcome.type === 'partial') settle({ errors: outcome.errors, run: outcome.run });
      else {
        phase.value = { name: 'unknown', error: outcome.error };
        await effects.retryTime(number, signal);
        return false;
      }
      return true;
    }
  }

  async function run(current: PendingStart): Promise<void> {
    abort = new AbortController();
    const { signal } = abort;
    try {
      for (let number = 1; !(await attempt(current, signal, number)); number++) signal.throwIfAborted();
    } catch (error) {
      if (!signal.aborted) settle({ errors: { form: String((error as Error)?.message ?? error) } });
    } finally {
      if (abort?.signal === signal) abort = undefined;
    }
  }

  return {
    draft,
    before,
    errors,
    phase,
    warnings,
    saved,
    slots,
    partial,
    change(change) {
      draft.value = { ...draft.peek(), ...change };
      save();
    },
    replace(next) {
      before.value = isEmpty(draft.peek()) ? undefined : draft.peek();
      draft.value = next;
      settle({});
    },
    restore() {
      draft.value = before.peek() ?? draft.peek();
      before.value = undefined;
      settle({});
    },
    forget() {
      before.value = undefined;
      save();
    },
    setErrors(next) {
      errors.value = next;
    },
    async submit({ waitForSlot } = {}) {
      if (phase.peek().name !== 'editing') return;
      batch(() => {
        phase.value = { name: 'checking' };
        partial.value = undefined;
        warnings.value = [];
        slots.value = false;
      });
      const current = draft.peek();
      const found = await effects.check(current).catch((error: Error): FieldErrors => ({ form: error.message }));
      if (Object.keys(found).length > 0) return settle({ errors: found });
      errors.value = {};
      // What is sent is recorded before it is sent, so that a reload continues the same start.
      pending = { key: effects.newKey(), draft: current, ...(waitForSlot !== undefined && { waitForSlot }) };
      save();
      await run(pending);
    },
    async resume() {
      if (pending && phase.peek().name === 'editing') await run(pending);
    },
    stop() {
      abort?.abort();
      settle({});
    },
  };
}
