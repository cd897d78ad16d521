import { indexedDbState } from 'kaggle-ts/browser';
import {
  type ApiAcceleratorQuota,
  type ApiGetAcceleratorQuotaStatisticsResponse,
  getAcceleratorQuotaStatistics,
} from 'kaggle-ts/services/kernels';
import { client } from './client.ts';
import { addSample, type QuotaSample, type QuotaUse } from './quota-history.ts';

export type QuotaKind = 'GPU' | 'TPU';

/** The quota of one accelerator, in seconds. */
export type AcceleratorQuota =
  | ({ state: 'limited'; free: number; total: number } & QuotaUse)
  /** Kaggle returned no limit. */
  | ({ state: 'unlimited' } & QuotaUse)
  /** Kaggle gives none to this account: its phone number is not verified. */
  | { state: 'none' };

export interface Quota {
  refill: Date | undefined;
  GPU: AcceleratorQuota;
  TPU: AcceleratorQuota;
}

/** Makes sense of what Kaggle returned. */
export function readAccelerator(quota: ApiAcceleratorQuota | undefined): AcceleratorQuota {
  const { totalTimeAllowed: total, timeUsed: used = 0, timeReserved: reserved = 0 } = quota ?? {};
  if (!quota) return { state: 'none' };
  if (total === undefined || quota.isPayToScaleEnabled) return { state: 'unlimited', used, reserved };
  if (total <= 0) return { state: 'none' };
  return { state: 'limited', used, reserved, total, free: Math.max(0, total - used - reserved) };
}

const store = indexedDbState('kaggle-dashboard-quota');
const key = 'samples';

/** What was seen of the quota in this browser, oldest first. */
export async function loadSamples(): Promise<QuotaSample[]> {
  try {
    const found = await store.get(key);
    return Array.isArray(found) ? (found as QuotaSample[]) : [];
  } catch {
    return [];
  }
}

async function record({ gpuQuota, tpuQuota }: ApiGetAcceleratorQuotaStatisticsResponse): Promise<void> {
  const partOf = (quota: ApiAcceleratorQuota | undefined) =>
    quota && { used: quota.timeUsed ?? 0, reserved: quota.timeReserved ?? 0 };
  const samples = addSample(await loadSamples(), { at: Date.now(), GPU: partOf(gpuQuota), TPU: partOf(tpuQuota) });
  await store.set(key, samples).catch(() => undefined);
}

/** Requests the quota of the account, and records it: Kaggle has no history of it. */
export async function requestQuota(signal?: AbortSignal): Promise<ApiGetAcceleratorQuotaStatisticsResponse> {
  const found = await client.call(getAcceleratorQuotaStatistics, {}, { signal });
  await record(found);
  return found;
}

/** Like `requestQuota`, but makes sense of what Kaggle returned. */
export async function loadQuota(signal?: AbortSignal): Promise<Quota> {
  const found = await requestQuota(signal);
  return {
    refill: found.quotaRefreshTime,
    GPU: readAccelerator(found.gpuQuota),
    TPU: readAccelerator(found.tpuQuota),
  };
}
