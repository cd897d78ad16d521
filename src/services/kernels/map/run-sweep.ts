import type { ErrorText } from '../../../core/error-text.ts';
import { KaggleError } from '../../../core/errors.ts';
import type { StateStore } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { paced } from '../../../core/rpc/paced.ts';
import { type OnWarning, warn } from '../../../core/warn.ts';
import { cancelAfterAbort } from '../cancel.ts';
import { advance } from './advance.ts';
import type { SweepAction } from './decide.ts';
import { eventsOf } from './events.ts';
import { checkInputs, openInputs, type SweepInputs } from './inputs.ts';
import { checkState, newSweep, type OpenSweep, resumeSweep } from './open-sweep.ts';
import { saveOutput } from './outputs.ts';
import type { SweepProgress } from './progress.ts';
import { endedSince, jobOf, resultOf } from './report.ts';
import { runStep, type SweepWork } from './run-step.ts';
import { packSweep, type SweepState } from './state.ts';
import { quotaError, stopError } from './stop-error.ts';
import type { MapOptions, MapResult, SweepRequest } from './types.ts';

/** Longest pause in milliseconds, so that a change of the system clock is noticed. */
const longestPause = 3_600_000;

/** Where a sweep is stored, if anywhere. */
interface Place {
  load(): Promise<SweepState | undefined>;
  /** Stores the sweep, unless only the time of the next look is new. */
  save(sweep: SweepState): Promise<void>;
}

function placeOf(store: StateStore | undefined, name: string): Place {
  let last = '';
  return {
    load: async () => (await store?.get(name)) as SweepState | undefined,
    async save(state) {
      const news = JSON.stringify({ ...state, lookAt: 0, quiet: 0 });
      if (news === last) return;
      await store?.set(name, state);
      last = news;
    },
  };
}

/** Passes on each warning once: each push may cause the same. */
function warnOnce(client: KaggleClient, options: MapOptions): OnWarning {
  const seen = new Set<string>();
  return (message, describe) => {
    if (!seen.has(message)) warn(client, options, describe);
    seen.add(message);
  };
}

/** What `map` passes to the loop. */
export interface SweepRun<Input> {
  readonly client: KaggleClient;
  readonly inputs: Iterable<Input>;
  readonly request: SweepRequest<Input>;
  readonly options: MapOptions;
  /** Ends the loop. */
  readonly signal: AbortSignal;
  onKey(key: string): void;
  /** Resolves when the result was taken. */
  onResult(result: MapResult<Input>): Promise<void>;
}

/** Runs a sweep until all inputs have ended. */
export async function runSweep<Input>(run: SweepRun<Input>): Promise<void> {
  const { client, options, signal } = run;
  signal.throwIfAborted();
  const gentle = paced(client);
  const inputs = await openInputs(run.inputs, run.request);
  const code = await checkInputs(gentle, 'kernels.map', inputs, typeof run.request === 'function', signal);
  const key = options.key ?? code.content;
  run.onKey(key);
  const store = options.state ?? client.platform.state;
  if (!store) {
    const message: ErrorText = (name) => `no other process can resume the sweep; pass ${name('state')}, a StateStore`;
    warn(client, options, message);
  }
  const name = `sweep:${client.baseUrl}:${code.kernel}:${key}`;
  const release = store?.claim && (await store.claim(name));
  if (store?.claim && !release) {
    throw new KaggleError(
      `cannot run the sweep ${JSON.stringify(key)}: another process is running it, or the state store cannot be locked; wait until ` +
        'it has ended, or pass another key',
    );
  }
  try {
    const place = placeOf(store, name);
    const state = await place.load();
    const open = state
      ? resumeSweep(state, inputs, key)
      : await newSweep(gentle, inputs, { key, kernel: code.kernel }, signal);
    if (state) await checkState(gentle, open, signal);
    await loop(run, gentle, inputs, open, place);
  } finally {
    // The next process takes over a lock that cannot be removed.
    await release?.().catch(() => undefined);
  }
}

async function loop<Input>(
  { client, options, signal, onResult }: SweepRun<Input>,
  gentle: KaggleClient,
  inputs: SweepInputs<Input>,
  { identity, sweep: stored }: OpenSweep,
  place: Place,
): Promise<void> {
  const { output, onProgress, onEvent, schedule, concurrency = 'auto' } = options;
  const onWarning = warnOnce(client, options);
  const { key } = identity;
  const save = (sweep: SweepProgress) => place.save(packSweep(identity, sweep));
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const work: SweepWork = {
    ...{ client: gentle, key, request: inputs.request, schedule, onWarning, save },
    settings: { concurrency },
    signal: stopped,
    settle: options.cancelOnAbort ?? false,
  };
  const opened = { type: 'opened', retryFailed: options.retryFailed ?? false } as const;
  let sweep = advance(stored, opened, client.clock.now());
  let next: SweepAction | undefined;
  let cause: unknown;
  const downloaded: number[] = [];
  // One after the other: each downloads several files at a time.
  let downloads: Promise<unknown> = Promise.resolve();

  async function deliver(index: number): Promise<void> {
    const result = resultOf(gentle, identity, inputs, sweep, index);
    if (output === undefined || !result.job) return onResult(result);
    const { saved } = sweep.entries[index]!;
    const transfer = { signal: stopped, onProgress, onWarning };
    const files = await saveOutput(gentle, result.job, output, { index, saved }, transfer);
    downloaded.push(index);
    await onResult(files ? { ...result, files } : result);
  }

  /** Passes on the inputs that have ended, after their outputs were downloaded. A failed download ends the sweep. */
  function deliverNew(before: SweepProgress | undefined): void {
    for (const index of endedSince(before, sweep)) {
      downloads = downloads.then(() => deliver(index));
      downloads.catch((error) => stop.abort(error));
    }
  }

  async function record(): Promise<void> {
    for (const index of downloaded.splice(0)) sweep = advance(sweep, { type: 'saved', index }, client.clock.now());
    await save(sweep);
  }

  /** Ends the sweep when what is under way has been recorded. */
  async function finish(error?: Error): Promise<void> {
    await downloads;
    await record();
    if (error) throw error;
  }

  try {
    await record();
    deliverNew(undefined);
    for (;;) {
      const before = sweep;
      const step = await runStep(work, sweep);
      for (const event of eventsOf(gentle, identity, [before, next], [step.sweep, step.next])) onEvent?.(event);
      ({ sweep, next } = step);
      cause = step.cause ?? cause;
      deliverNew(before);
      if (next.type === 'done') return await finish();
      if (next.type === 'fail') {
        const error = stopError(key, sweep, next.why, cause);
        sweep = advance(sweep, { type: 'gaveUp' }, client.clock.now());
        return await finish(error);
      }
      const { quota } = sweep;
      const waits =
        next.type === 'pause' && next.why === 'quota' && !sweep.entries.some(({ phase }) => phase === 'running');
      if (waits && quota && options.onQuota !== 'wait') return await finish(quotaError(key, sweep, quota));
      await record();
      if (next.type === 'pause') await client.clock.sleep(Math.min(next.ms, longestPause), stopped);
    }
  } catch (error) {
    stop.abort(error);
    if (options.signal?.aborted || client.signal?.aborted) {
      const running = sweep.entries.flatMap(({ phase }, index) => (phase === 'running' ? [index] : []));
      await Promise.all(
        running.map((index) => cancelAfterAbort(client, jobOf(client, identity, sweep, index)!, options)),
      );
    }
    throw signal.aborted ? signal.reason : stop.signal.reason;
  }
}
