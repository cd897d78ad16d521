import { ApiError, AuthenticationError, ValidationError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { getAcceleratorQuotaStatistics } from '../generated/methods.ts';
import { findOrPush, type KnownPush, type OnceOptions } from '../job/once.ts';
import { isAmbiguous } from '../push/recover.ts';
import { CapacityError, QuotaError } from '../push/refusals.ts';
import type { PushRequest } from '../push/request.ts';
import type { SweepEvent } from './advance.ts';

/** When the quota is refilled; 0 if it is unknown. */
async function refillTime(client: KaggleClient, { refilled }: QuotaError, signal: AbortSignal): Promise<number> {
  if (refilled) return refilled.getTime();
  try {
    const { quotaRefreshTime } = await client.call(getAcceleratorQuotaStatistics, {}, { signal });
    return quotaRefreshTime?.getTime() ?? 0;
  } catch {
    signal.throwIfAborted();
    return 0;
  }
}

async function failedStart(client: KaggleClient, error: unknown, signal: AbortSignal): Promise<SweepEvent> {
  if (error instanceof CapacityError) return { type: 'noSlot', limit: error.limit };
  // An account without any quota does not get one with time.
  if (error instanceof QuotaError && error.limit !== 0) {
    const { accelerator, limit } = error;
    return { type: 'noQuota', accelerator, limit, refilled: await refillTime(client, error, signal) };
  }
  if (isAmbiguous(error) || isTransient(error)) {
    const retryAfterMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    return { type: 'lost', retryAfterMs, sent: isAmbiguous(error) };
  }
  // No other input could be pushed either.
  if (error instanceof AuthenticationError) throw error;
  if (error instanceof ApiError || error instanceof ValidationError) return { type: 'refused', message: error.message };
  throw error;
}

/**
 * Pushes an input, and returns what came of it; see `findOrPush`. Throws errors that concern the sweep as a whole.
 */
export async function startInput(
  client: KaggleClient,
  request: PushRequest,
  push: KnownPush,
  { signal, settle, onWarning, beforeSave }: OnceOptions & { signal: AbortSignal },
): Promise<{ event: SweepEvent; error?: unknown }> {
  try {
    const options = { signal, settle, onWarning, beforeSave };
    const { ref, versionNumber, kernelId, pushedAt } = await findOrPush(client, request, push, options);
    // Ids of jobs contain whole seconds.
    const pushed = Math.floor(pushedAt / 1000) * 1000;
    return { event: { type: 'started', ref, version: versionNumber, kernelId, pushed } };
  } catch (error) {
    signal.throwIfAborted();
    return { event: await failedStart(client, error, signal), error };
  }
}
