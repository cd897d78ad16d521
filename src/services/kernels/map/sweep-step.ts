import { checkCall } from '../../../core/options/check.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { paced } from '../../../core/rpc/paced.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { advance } from './advance.ts';
import { eventsOf } from './events.ts';
import { checkInputs, openInputs, type SweepInputs } from './inputs.ts';
import { newSweep, type OpenSweep, resumeSweep } from './open-sweep.ts';
import { inputsField, requestField, stepFields } from './options.ts';
import type { SweepProgress } from './progress.ts';
import { countsOf, endedSince, resultOf } from './report.ts';
import { runStep } from './run-step.ts';
import { packSweep } from './state.ts';
import { stopError } from './stop-error.ts';
import type { SweepRequest, SweepStep, SweepStepOptions } from './types.ts';

async function open<Input>(
  client: KaggleClient,
  inputs: SweepInputs<Input>,
  isFunction: boolean,
  { state, key, retryFailed }: SweepStepOptions,
  signal: AbortSignal,
): Promise<OpenSweep> {
  if (state) {
    const { identity, sweep } = resumeSweep(state, inputs, key);
    const event = { type: 'opened', retryFailed: true } as const;
    return { identity, sweep: retryFailed ? advance(sweep, event, client.clock.now()) : sweep };
  }
  const { kernel, content } = await checkInputs(client, 'kernels.sweepStep', inputs, isFunction, signal);
  return newSweep(client, inputs, { key: key ?? content, kernel }, signal);
}

/**
 * Does one step of a sweep, and returns at once: it looks at the runs if that is due, or starts one. For programs that are called
 * again and again, such as Workers; `map` does these steps in a loop.
 *
 * Use the results, store the state, and call it again after `pause` seconds, until `done`. A step may be killed and repeated with
 * the same state: no input runs twice. Two steps of a sweep must not run at the same time. Pass `retryFailed` in one step only.
 *
 * @param inputs - The inputs, the same in each step.
 * @param request - The kernel; see `map`.
 * @returns The next state, and the inputs that ended in this step.
 * @throws `ValidationError` if a request is invalid, or the state is of other inputs or of another version of kaggle-ts.
 * @throws `KaggleError` if the state is damaged, if Kaggle refuses the pushes, or if the kernel was deleted.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { type SweepState, sweepStep } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * const request = { slug: 'alice/my-sweep', newTitle: 'My sweep', text: 'from kaggle_params import params' };
 * let state: SweepState | undefined; // in a Worker: from its storage
 * for (;;) {
 *   const step = await sweepStep(client, [1, 2, 3], request, { state });
 *   state = step.state;
 *   for (const { index, status } of step.results) console.log(index, status);
 *   if (step.done) break;
 *   await new Promise((resolve) => setTimeout(resolve, step.pause * 1000));
 * }
 * ```
 */
export async function sweepStep<Input>(
  client: KaggleClient,
  inputs: Iterable<Input>,
  request: SweepRequest<Input>,
  options: SweepStepOptions = {},
): Promise<SweepStep<Input>> {
  checkCall(
    'kernels.sweepStep',
    client,
    { inputs, request, options },
    { inputs: inputsField, request: () => requestField(request), options: stepFields },
  );
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const opened = await openInputs(inputs, request);
  const gentle = paced(client);
  const { identity, sweep: before } = await open(gentle, opened, typeof request === 'function', options, signal);
  const pack = (sweep: SweepProgress) => packSweep(identity, sweep);
  const { concurrency = 'auto', schedule, onWarning, save } = options;
  const work = {
    ...{
      client: gentle,
      key: identity.key,
      kernel: identity.kernel,
      request: opened.request,
      schedule,
      signal,
      onWarning,
    },
    settings: { concurrency },
    settle: false,
    save: save && ((sweep: SweepProgress) => save(pack(sweep))),
  };
  const { sweep, next, cause } = await runStep(work, before);
  if (next.type === 'fail') {
    await save?.(pack(advance(sweep, { type: 'gaveUp' }, client.clock.now())));
    throw stopError(identity.key, sweep, next.why, cause);
  }
  for (const event of eventsOf(client, identity, [before, undefined], [sweep, next])) options.onEvent?.(event);
  const { quota } = sweep;
  const wasDone = before.entries.every(({ phase }) => phase === 'ended');
  return {
    state: pack(sweep),
    pause: next.type === 'pause' ? Math.ceil(next.ms / 1000) : 0,
    done: next.type === 'done',
    results: endedSince(wasDone ? undefined : before, sweep).map((index) =>
      resultOf(client, identity, opened, sweep, index),
    ),
    counts: countsOf(sweep),
    quota: quota && {
      accelerator: quota.accelerator,
      refilled: quota.refilled > 0 ? new Date(quota.refilled) : undefined,
    },
  };
}
