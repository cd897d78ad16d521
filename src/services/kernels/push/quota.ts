import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { methodPath } from '../../../core/rpc/method.ts';
import { getAcceleratorQuotaStatistics } from '../generated/methods.ts';
import type { ApiAcceleratorQuota } from '../generated/types.ts';
import { QuotaError } from './refusals.ts';

/** The accelerators that a push requests. */
export interface Accelerator {
  enableGpu?: boolean;
  enableTpu?: boolean;
  /** Any name; those of TPUs start with "Tpu". */
  machineShape?: string;
}

/** The quotas that a push uses. */
function acceleratorsOf({ enableGpu, enableTpu, machineShape }: Accelerator): ('GPU' | 'TPU')[] {
  const shape = machineShape ? (/^tpu/i.test(machineShape) ? 'TPU' : 'GPU') : undefined;
  const wanted = new Set([enableGpu && 'GPU', enableTpu && 'TPU', shape] as const);
  return (['GPU', 'TPU'] as const).filter((kind) => wanted.has(kind));
}

const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} h`;

/** Why a session cannot start with this quota, or `undefined`. Durations are in seconds. */
function quotaProblem(kind: string, quota: ApiAcceleratorQuota | undefined, refresh?: Date): string | undefined {
  if (quota?.totalTimeAllowed === undefined || quota.isPayToScaleEnabled) return undefined;
  const total = quota.totalTimeAllowed;
  if (total <= 0) {
    return `this account has no ${kind} quota; verify its phone number at https://www.kaggle.com/settings`;
  }
  // Time that running sessions reserve is not available either.
  const used = (quota.timeUsed ?? 0) + (quota.timeReserved ?? 0);
  if (used < total) return undefined;
  const when = refresh ? `; it renews at ${refresh.toISOString()}` : '';
  return `the weekly ${kind} quota is used up (${hours(used)} of ${hours(total)})${when}`;
}

/** Throws `QuotaError` if the quota of a requested accelerator is used up. Does nothing if the quota is unavailable. */
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
