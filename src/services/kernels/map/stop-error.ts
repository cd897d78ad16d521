import { KaggleError, type KaggleErrorOptions } from '../../../core/errors.ts';
import { methodPath } from '../../../core/rpc/method.ts';
import { saveKernel } from '../generated/methods.ts';
import { QuotaError } from '../push/refusals.ts';
import type { SweepProgress, UsedQuota } from './progress.ts';
import { countsOf } from './report.ts';

const sweepName = (key: string) => `the sweep ${JSON.stringify(key)}`;

/** Why a sweep ends although inputs are left. */
export function stopError(
  key: string,
  sweep: SweepProgress,
  why: 'refused' | 'unreachable',
  cause: unknown,
): KaggleError {
  const options: KaggleErrorOptions = { cause };
  const last = sweep.entries[sweep.refused.at(-1) ?? 0]?.failureMessage ?? 'unknown reason';
  if (why === 'refused') {
    const count = sweep.refused.length;
    const what = count === 1 ? 'the push of its only input' : `the last ${count} pushes`;
    return new KaggleError(
      `${sweepName(key)} stopped, as Kaggle refused ${what}: ${last}; correct the cause, and call again with the same key`,
      options,
    );
  }
  const message = cause instanceof Error ? cause.message : 'no response';
  return new KaggleError(
    `${sweepName(key)} stopped after ${sweep.failures} failed pushes in a row: ${message}; call again later with the same key`,
    options,
  );
}

/** The quota is used up, and nothing runs any more. */
export function quotaError(key: string, sweep: SweepProgress, { accelerator, limit, refilled }: UsedQuota): QuotaError {
  const { total, succeeded, failed } = countsOf(sweep);
  const date = refilled > 0 ? new Date(refilled) : undefined;
  const when = date ? `after ${date.toISOString()}, when it renews` : 'when it has renewed';
  return new QuotaError(
    (name) =>
      `${sweepName(key)} stopped with ${succeeded + failed} of ${total} inputs: the weekly ${accelerator} quota is used up; ` +
      `call again with the same key ${when}, or pass ${name('onQuota', "'wait'")}`,
    { status: 200, method: methodPath(saveKernel), accelerator, ...(limit !== undefined && { limit }), refilled: date },
  );
}
