import { isKaggleError, KaggleError, KernelFailedError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { any, callback, field, flag, name, signal as signalField, whole } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { redact } from '../../core/redact.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { schedule as scheduleField } from '../../core/rpc/poll.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { checkAccount, sealerOf } from './account.ts';
import { createBudget } from './budget.ts';
import { clientOfStep } from './client.ts';
import { afterFailure } from './failure.ts';
import { createRecords } from './records.ts';
import { checkState, withChecksum } from './state.ts';
import { cancel } from './steps/cancel.ts';
import type { StepContext } from './steps/context.ts';
import { works } from './steps/index.ts';
import { createStop, type Stop } from './stop.ts';
import type { AdvanceOptions, JobIo, JobState, JobTurn } from './types.ts';

const ioFields = (): Fields<JobIo> => ({
  source: field('the path of a folder, or a function that opens a file', (value) =>
    ['string', 'function'].includes(typeof value),
  ),
  target: field('the path of a folder, or a PartTarget', (value) => ['string', 'object'].includes(typeof value)),
});

const optionFields = (): Fields<AdvanceOptions> => ({
  bytes: whole(1),
  requests: whole(10),
  schedule: scheduleField(),
  secret: name('a non-empty string'),
  save: callback(),
  cancel: flag(),
  signal: signalField(),
  onWarning: callback(),
});

/** Seconds after which a version that is still not ready fails the job. */
const longestProcessing = 3600;

/** How often a step may end to announce a request: once, and again if others create versions meanwhile. */
const mostAnnounced = 20;

/** What the step starts from, and what it may use. */
async function contextOf(client: KaggleClient, state: JobState, io: JobIo, options: AdvanceOptions, stop: Stop) {
  const { bytes = 32 * 2 ** 20, requests = 30, onWarning } = options;
  const token = await client.token();
  const memo = { ...state.memo };
  const budget = createBudget({ bytes, requests }, stop);
  const sealer = sealerOf(token, options.secret, state.plan.dataset !== undefined);
  const draft = { ...state };
  const records = createRecords(memo.records ?? {}, state.id, sealer, async () => {
    if (!options.save) return stop.now('record');
    const announced = await withChecksum({ ...draft, memo: { ...memo, records: records.entries() } });
    try {
      await options.save(announced);
    } catch {
      // The state that the step returns announces the request, as without the option.
      stop.now('record');
    }
  });
  const context: StepContext = {
    client: clientOfStep(client, budget, records, bytes),
    draft,
    memo,
    io,
    budget,
    records,
    stop,
    signal: joinSignals(client.signal, options.signal, stop.signal),
    schedule: { first: 5, longest: 120, ...options.schedule },
    onWarning,
  };
  return { context, token };
}

/** The turn after the work of a step. `pause` is in seconds. */
async function turnOf({ draft, memo }: StepContext, before: JobState, pause: number, now: number): Promise<JobTurn> {
  if (draft.step !== before.step) {
    memo.since = now;
    delete memo.waits;
    delete memo.announced;
  } else if (pause > 0) memo.waits = (memo.waits ?? 0) + 1;
  if (pause > 0) draft.wake = now + Math.ceil(pause * 1000);
  else delete draft.wake;
  const done = draft.step === 'done' || draft.step === 'failed';
  if (done) delete draft.memo;
  else draft.memo = memo;
  return { state: await withChecksum(draft), pause, done };
}

/** Records the failure of a step, and decides what follows. Throws if the caller has to change something. */
function fail({ draft, memo }: StepContext, error: unknown, now: number): number {
  const failures = (memo.failures ?? 0) + 1;
  const failing = memo.failing ?? now;
  const action = afterFailure({ error, failures, seconds: (now - failing) / 1000, now });
  if (action.type === 'throw') throw error;
  const message = isKaggleError(error) ? error.message : redact(String((error as Error)?.message ?? error));
  if (action.type === 'fail') {
    const logTail = error instanceof KernelFailedError ? error.logTail : undefined;
    draft.error = {
      name: error instanceof Error ? error.name : 'Error',
      message,
      ...(logTail !== undefined && { logTail }),
    };
    draft.step = 'failed';
    delete draft.problem;
    return 0;
  }
  draft.problem = message;
  // The request was made.
  delete memo.announced;
  if (action.type === 'retry') Object.assign(memo, { failures, failing });
  return action.pause;
}

/**
 * Performs the next step of a job: at most a few dozen requests, and one part or more of a file. Store the returned state before the next
 * step. A step that was interrupted at any point can be repeated with the state that it was given: the job creates exactly one version of the
 * dataset and one run.
 *
 * Failures of Kaggle and of the network do not reject: the state says what the problem is, and the step is repeated after a pause. If that
 * does not help, the job ends as `failed`, with `error`.
 *
 * @param state - The state of `beginJob`, or the last one that was stored.
 * @param io - Where the files of the dataset come from, and where the output goes; the same in each step.
 * @returns The next state, and how many seconds to wait before the next step.
 * @throws `ValidationError` if the state is damaged, has the format of another version of kaggle-ts, or belongs to another account, or if `io`
 * is incomplete. The state that was passed stays valid.
 * @throws `AuthenticationError` if the credential is missing or rejected. The state that was passed stays valid.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { advanceJob, beginJob, type JobState } from 'kaggle-ts/jobs';
 *
 * const client = createClient();
 * let state: JobState = beginJob({ kernel: { slug: 'alice/my-job', newTitle: 'My job', text: 'print(1)' }, output: true });
 * for (;;) {
 *   const turn = await advanceJob(client, state, { target: './out' });
 *   state = turn.state;
 *   console.log(JSON.stringify(state)); // store it
 *   if (turn.done) break;
 *   await new Promise((resolve) => setTimeout(resolve, turn.pause * 1000));
 * }
 * ```
 */
export async function advanceJob(
  client: KaggleClient,
  state: JobState,
  io: JobIo = {},
  options: AdvanceOptions = {},
): Promise<JobTurn> {
  checkCall('advanceJob', client, { state, io, options }, { state: any, io: ioFields, options: optionFields });
  await checkState(state);
  options.signal?.throwIfAborted();
  const { step, wake = 0 } = state;
  if (step === 'done' || step === 'failed') return { state, pause: 0, done: true };
  const start = client.clock.now();
  if (start < wake && !options.cancel) return { state, pause: (wake - start) / 1000, done: false };
  const stop = createStop();
  const { context, token } = await contextOf(client, state, io, options, stop);
  const { draft, memo } = context;
  let pause = 0;
  try {
    await checkAccount(client, token, context);
    const work = options.cancel ? cancel : works[step];
    pause = (await work(context)) ?? 0;
  } catch (error) {
    client.signal?.throwIfAborted();
    options.signal?.throwIfAborted();
    if (!stop.reason) return turnOf(context, state, fail(context, error, client.clock.now()), client.clock.now());
  }
  if (stop.reason === 'record' && draft.step === step) memo.announced = (memo.announced ?? 0) + 1;
  if ((memo.announced ?? 0) > mostAnnounced) {
    const error = new KaggleError(
      `the step "${step}" announced its request ${mostAnnounced} times, and did not make it`,
    );
    return turnOf(context, state, fail(context, error, client.clock.now()), client.clock.now());
  }
  for (const name of ['failures', 'failing'] as const) delete memo[name];
  delete draft.problem;
  const now = client.clock.now();
  if (draft.step === 'ready' && step === 'ready' && now - (memo.since ?? now) > longestProcessing * 1000) {
    const message = `version ${draft.dataset?.versionNumber ?? ''} of the dataset is not ready after ${longestProcessing} s; see ${draft.dataset?.url}`;
    Object.assign(draft, { step: 'failed', error: { name: 'TimeoutError', message } });
  }
  return turnOf(context, state, pause, now);
}
