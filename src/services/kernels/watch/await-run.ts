import { ApiError, KaggleError, TimeoutError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type PollOptions, type PollTurn, poll } from '../../../core/rpc/poll.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { type OnWarning, warn } from '../../../core/warn.ts';
import { describeRun, pageOf, type ResolvedRun } from '../run-ref.ts';
import { hasOutput } from './has-output.ts';
import {
  startTimeout as defaultStartTimeout,
  isKnown,
  isTerminal,
  isWaiting,
  type KernelStatus,
  notStarted,
  observe,
} from './status.ts';
import { onStatusFailure } from './status-failure.ts';

export interface AwaitOptions extends PollOptions {
  /**
   * Seconds until the run of a version must exist.
   * @default 900
   */
  startTimeout?: number | undefined;
  /**
   * Whether the run is known to exist: a 404 then means that it was deleted.
   * @default false
   */
  seen?: boolean | undefined;
  onWarning?: OnWarning | undefined;
}

/** Longer than any run, in seconds: Kaggle stops a session after 12 hours, and then saves its output. */
const longestRun = 14 * 3600;

/**
 * Polls the status of a run until `accept` returns true. Before the run exists the status is `NOT_STARTED`. Rejects with
 * `TimeoutError` after `startTimeout` seconds of that, or after `timeout` seconds in all, and with the reason of the signal on
 * abort. Tolerates lost connections and a busy server. If the status is unavailable for long, unknown, or lasts longer than any
 * run, the status is `ENDED` once the output is available.
 */
export async function awaitRun(
  client: KaggleClient,
  run: ResolvedRun,
  accept: (found: KernelStatus) => boolean | Promise<boolean>,
  options: AwaitOptions = {},
): Promise<KernelStatus> {
  const { startTimeout = defaultStartTimeout } = options;
  const name = describeRun(run);
  const warned = new Set<string>();
  let last = '';
  let failures = 0;
  let failing = 0;
  let running: number | undefined;
  let { seen = false } = options;

  function warnOnce(message: string): void {
    if (!warned.has(message)) warn(client, options, message);
    warned.add(message);
  }

  async function afterFailure(error: unknown, signal: AbortSignal, turn: PollTurn): Promise<KernelStatus | undefined> {
    signal.throwIfAborted();
    if (error instanceof ApiError) turn.pause(error.retryAfterMs);
    if (failures++ === 0) failing = turn.waited;
    const seconds = (turn.waited - failing) / 1000;
    const action = onStatusFailure({ error, failures, seconds, seen, pushed: run.pushed });
    if (action === 'notStarted') return notStarted;
    if (action === 'deleted') throw new KaggleError(`${name} was deleted`, { cause: error });
    if (action === 'throw') throw error;
    if (failures === 2)
      warn(client, options, `cannot get the status of ${name}, retrying: ${(error as Error).message}`);
    if (action === 'retry' || !(await hasOutput(client, run, signal))) return undefined;
    warn(client, options, `${name} has ended, but its status is unavailable: it may have failed; check ${pageOf(run)}`);
    return { status: 'ENDED', failureMessage: undefined };
  }

  /** Ends the wait for a run whose status is unknown, or has lasted too long, once it has output. */
  async function checkOverdue(
    { status }: KernelStatus,
    signal: AbortSignal,
    waited: number,
  ): Promise<KernelStatus | undefined> {
    if (isKnown(status) && isWaiting(status)) return undefined;
    running ??= waited;
    const overdue = waited - running > longestRun * 1000;
    if (isKnown(status) && !overdue) return undefined;
    if (isKnown(status)) {
      warnOnce(
        `${name} has been ${status} for more than ${longestRun / 3600} hours, longer than Kaggle allows; check ${pageOf(run)}`,
      );
    } else
      warnOnce(
        `${name} has the status "${status}", which this version of kaggle-ts does not know: waiting for its output`,
      );
    if (!(await hasOutput(client, run, signal))) return undefined;
    warn(client, options, `${name} has output, so it has probably ended: it may have failed; check ${pageOf(run)}`);
    return { status: 'ENDED', failureMessage: undefined };
  }

  return poll(
    client,
    () => `${name} (${last ? `last status: ${last}` : 'no status yet'})`,
    async (signal, turn) => {
      let found: KernelStatus | undefined;
      try {
        found = await observe(client, run, { signal });
        failures = 0;
      } catch (error) {
        found = await afterFailure(error, signal, turn);
        if (!found) return undefined;
      }
      last = found.status;
      const started = found.status !== 'NOT_STARTED';
      if (seen && !started) throw new KaggleError(`${name} was deleted`);
      seen ||= started;
      if (!started && turn.waited > startTimeout * 1000) {
        throw new TimeoutError(
          (option) =>
            `${name} did not start within ${startTimeout} s: the account may have no free slot, or the version was only ` +
            `saved; check ${pageOf(run)}, or increase ${option('startTimeout')}`,
        );
      }
      if (await accept(found)) return found;
      const ended = isTerminal(found.status) ? undefined : await checkOverdue(found, signal, turn.waited);
      return ended && (await accept(ended)) ? ended : undefined;
    },
    { ...options, signal: joinSignals(client.signal, options.signal) },
  );
}
