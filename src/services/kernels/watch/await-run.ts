import { KaggleError, TimeoutError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type PollOptions, poll } from '../../../core/rpc/poll.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { describeRun, pageOf, type ResolvedRun, runFields } from '../run-ref.ts';
import { type OnWarning, warn } from '../warn.ts';
import { type KernelStatus, notStarted, observe } from './status.ts';
import { onStatusFailure } from './status-failure.ts';

export interface AwaitOptions extends PollOptions {
  /** Seconds that a version may be without a run. @default 900 */
  startTimeout?: number | undefined;
  onWarning?: OnWarning | undefined;
}

/** Whether the run has left a file or a log: Kaggle lists nothing before it has ended. */
async function hasOutput(client: KaggleClient, run: ResolvedRun, signal: AbortSignal): Promise<boolean> {
  try {
    const { files, log } = await client.call(listKernelSessionOutput, { ...runFields(run), pageSize: 1 }, { signal });
    return files.length > 0 || Boolean(log);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * Asks for the status of a run until `accept` takes it. Before its run exists the status is `NOT_STARTED`; after
 * `startTimeout` seconds of that, or `timeout` seconds in all, it rejects with `TimeoutError`, and on abort with the
 * signal's reason. Lost connections and a busy server are tolerated: where the status cannot be had for long, but the
 * output can, the status is `ENDED`.
 */
export async function awaitRun(
  client: KaggleClient,
  run: ResolvedRun,
  accept: (found: KernelStatus) => boolean,
  options: AwaitOptions = {},
): Promise<KernelStatus> {
  const { clock } = client;
  const { startTimeout = 900 } = options;
  const name = describeRun(run);
  const begun = clock.now();
  let last = '';
  let failures = 0;
  let failing = begun;
  let seen = false;

  async function afterFailure(error: unknown, signal: AbortSignal): Promise<KernelStatus | undefined> {
    signal.throwIfAborted();
    if (failures++ === 0) failing = clock.now();
    const seconds = (clock.now() - failing) / 1000;
    const action = onStatusFailure({ error, failures, seconds, seen, pushed: run.versionNumber !== undefined });
    if (action === 'notStarted') return notStarted;
    if (action === 'deleted') throw new KaggleError(`${name} was deleted`, { cause: error });
    if (action === 'throw') throw error;
    if (failures === 2)
      warn(client, options, `the status of ${name} is not available, still trying: ${(error as Error).message}`);
    if (action === 'retry' || !(await hasOutput(client, run, signal))) return undefined;
    warn(client, options, `${name} has ended, but its status is not available: it may have failed`);
    return { status: 'ENDED', failureMessage: undefined };
  }

  return poll(
    client,
    () => `${name} (${last ? `last seen ${last}` : 'never seen'})`,
    async (signal) => {
      let found: KernelStatus | undefined;
      try {
        found = await observe(client, run, { signal });
        failures = 0;
      } catch (error) {
        found = await afterFailure(error, signal);
        if (!found) return undefined;
      }
      last = found.status;
      const started = found.status !== 'NOT_STARTED';
      if (seen && !started) throw new KaggleError(`${name} was deleted`);
      seen ||= started;
      if (!started && clock.now() - begun > startTimeout * 1000) {
        throw new TimeoutError(
          `${name}: no run has started within ${startTimeout} s: look at ${pageOf(run)} (Kaggle may have no free slot for ` +
            'it, or the version was only saved); startTimeout waits longer',
        );
      }
      return accept(found) ? found : undefined;
    },
    { ...options, signal: joinSignals(client.signal, options.signal) },
  );
}
