import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { methodPath } from '../../../core/rpc/method.ts';
import { getAcceleratorQuotaStatistics } from '../generated/methods.ts';
import type { ApiAcceleratorQuota } from '../generated/types.ts';
import { QuotaError } from './refusals.ts';

/** What a push asks of the machine. */
export interface Accelerator {
  enableGpu?: boolean;
  enableTpu?: boolean;
  /** Any of Kaggle's names; those of TPUs begin with "Tpu". */
  machineShape?: string;
}

/** Which quotas a push draws on. */
function acceleratorsOf({ enableGpu, enableTpu, machineShape }: Accelerator): ('GPU' | 'TPU')[] {
  const shape = machineShape ? (/^tpu/i.test(machineShape) ? 'TPU' : 'GPU') : undefined;
  const wanted = new Set([enableGpu && 'GPU', enableTpu && 'TPU', shape] as const);
  return (['GPU', 'TPU'] as const).filter((kind) => wanted.has(kind));
}

const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} h`;

/** Why a session cannot start under this quota, or `undefined`. Durations are seconds. */
function quotaProblem(kind: string, quota: ApiAcceleratorQuota | undefined, refresh?: Date): string | undefined {
  if (quota?.totalTimeAllowed === undefined || quota.isPayToScaleEnabled) return undefined;
  const total = quota.totalTimeAllowed;
  if (total <= 0) {
    return `this account has no ${kind} quota; verify its phone number at https://www.kaggle.com/settings`;
  }
  // What running sessions hold is not available either.
  const used = (quota.timeUsed ?? 0) + (quota.timeReserved ?? 0);
  if (used < total) return undefined;
  const when = refresh ? `; it renews at ${refresh.toISOString()}` : '';
  return `the weekly ${kind} quota is used up (${hours(used)} of ${hours(total)})${when}`;
}

/**
 * Throws `QuotaError` when the quota of an accelerator that the push asks for is used up. A server that
 * cannot tell the quota is no reason to refuse: then nothing happens.
 */
export async function checkQuota(client: KaggleClient, wanted: Accelerator, options: CallOptions): Promise<void> {
  const kinds = acceleratorsOf(wanted);
  if (kinds.length === 0) return;
  const answer = await client
    .call(getAcceleratorQuotaStatistics, {}, { ...options, retry: 1 })
    .catch(() => options.signal?.throwIfAborted());
  if (!answer) return;
  for (const kind of kinds) {
    const quota = kind === 'GPU' ? answer.gpuQuota : answer.tpuQuota;
    const refilled = answer.quotaRefreshTime;
    const problem = quotaProblem(kind, quota, refilled);
    const method = methodPath(getAcceleratorQuotaStatistics);
    const limit = quota?.totalTimeAllowed ?? 0;
    if (problem) throw new QuotaError(problem, { status: 200, method, accelerator: kind, limit, refilled });
  }
}
