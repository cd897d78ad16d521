import type { ApiGetAcceleratorQuotaStatisticsResponse } from 'kaggle-ts/services/kernels';
import { acceleratorOf } from '../../data/accelerator.ts';

/** What a run takes of the weekly quota. Durations are in seconds. */
export interface Cost {
  kind: 'GPU' | 'TPU';
  left: number;
  total: number;
  /** The most that the run takes: its time limit, or Kaggle's own. A session counts once, however many cards it has. */
  takes: number;
  renews: Date | undefined;
  /** `used-up` and `none` (no quota at all): a run cannot start. `short`: it may be stopped before its time limit. */
  state: 'enough' | 'short' | 'used-up' | 'none' | 'unlimited';
}

/** What the cost of a run depends on. */
export interface Machine {
  /** The weekly quota that its sessions use. */
  quota: 'GPU' | 'TPU' | undefined;
  /** Hours after which Kaggle stops a session. */
  longest: number;
}

/** The machine with Kaggle's name `shape`. */
export function machineOf(shape: string): Machine {
  const { quota } = acceleratorOf({ machineShape: shape });
  return { quota, longest: quota === 'TPU' ? 9 : 12 };
}

/** The cost of a run; `undefined` if the machine uses no quota, or Kaggle does not say what is left. */
export function costOf(
  quotas: ApiGetAcceleratorQuotaStatisticsResponse | undefined,
  { quota: kind, longest }: Machine,
  timeLimit: number | undefined,
): Cost | undefined {
  const quota = kind === 'GPU' ? quotas?.gpuQuota : quotas?.tpuQuota;
  if (!kind || quota?.totalTimeAllowed === undefined) return undefined;
  const total = quota.totalTimeAllowed;
  const left = Math.max(0, total - (quota.timeUsed ?? 0) - (quota.timeReserved ?? 0));
  const limit = timeLimit !== undefined && timeLimit > 0 ? timeLimit : Number.POSITIVE_INFINITY;
  const takes = Math.min(longest * 3600, limit);
  const state = quota.isPayToScaleEnabled
    ? 'unlimited'
    : total <= 0
      ? 'none'
      : left <= 0
        ? 'used-up'
        : left < takes
          ? 'short'
          : 'enough';
  return { kind, left, total, takes, renews: quotas?.quotaRefreshTime, state };
}
