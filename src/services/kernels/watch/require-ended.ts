import { KaggleError, PermissionError } from '../../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { describeRun, type ResolvedRun } from '../run-ref.ts';
import { isTerminal, observe } from './status.ts';

/**
 * Throws `KaggleError` for a run that has not ended: Kaggle lists no file and no log of it. Nothing is thrown where the
 * status is not available, as that of other people's kernels may be.
 */
export async function requireEnded(client: KaggleClient, run: ResolvedRun, options: CallOptions): Promise<void> {
  try {
    const { status } = await observe(client, run, options);
    if (isTerminal(status)) return;
    const why = status === 'NOT_STARTED' ? 'has no run yet' : `has not ended (${status})`;
    throw new KaggleError(`no output or stored log yet: ${describeRun(run)} ${why}; wait for it, or follow its log`);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isTransient(error) && !(error instanceof PermissionError)) throw error;
  }
}
