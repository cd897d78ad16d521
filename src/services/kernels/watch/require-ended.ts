import { KaggleError, PermissionError } from '../../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { describeRun, type ResolvedRun } from '../run-ref.ts';
import { isTerminal, observe } from './status.ts';

/**
 * Throws `KaggleError` if the run has not ended: Kaggle then lists no files and no log. Ignores a status that is unavailable, as it
 * may be for kernels of other accounts.
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
