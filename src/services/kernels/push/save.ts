import type { Init } from '../../../core/codec/message.ts';
import { callback, seconds, signal as signalField } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import { saveKernel } from '../generated/methods.ts';
import type { ApiSaveKernelRequest } from '../generated/types.ts';
import { pageOf } from '../run-ref.ts';
import type { Saved } from './pushed.ts';
import { findPushed, isAmbiguous } from './recover.ts';
import { CapacityError, explainRefusal, withHint } from './refusals.ts';

export interface SlotOptions {
  /**
   * Seconds to wait for a slot when all sessions of the account are taken; the push is repeated gently until then. Such a
   * refusal is a `CapacityError` without it. @default 0
   */
  waitForSlot?: number | undefined;
  /** Called with `WAITING_FOR_SLOT` when it begins to wait. */
  onStatus?: ((status: string) => void) | undefined;
  /** Aborts the wait for a slot. */
  signal?: AbortSignal | undefined;
}

export interface SaveOptions extends SlotOptions {
  /** An abort lets the call that saves come to its end, so that it is known what there is to cancel. @default false */
  settle?: boolean | undefined;
}

export const slotFields = (): Fields<SlotOptions> => ({
  waitForSlot: seconds(),
  onStatus: callback(),
  signal: signalField(),
});

/** How the pauses between two pushes grow, in seconds. */
const schedule = { first: 10, longest: 60, factor: 1.4 };

async function saveOnce(
  client: KaggleClient,
  request: Init<ApiSaveKernelRequest>,
  mark: string | undefined,
  options: SaveOptions,
): Promise<Saved> {
  const { slug, text = '' } = request;
  options.signal?.throwIfAborted();
  const signal = options.settle ? undefined : options.signal;
  try {
    return await client.call(saveKernel, request, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isAmbiguous(error)) throw explainRefusal(error, new TextEncoder().encode(text).length);
    const found = mark === undefined || !slug ? undefined : await findPushed(client, slug, mark, signal);
    if (!found?.metadata) {
      const page = slug ? pageOf({ ref: slug }) : `the kernel ${request.id}`;
      throw withHint(error, `Kaggle may have saved the version; check ${page} before you push again`);
    }
    const { id, currentVersionNumber, ref } = found.metadata;
    return { ref, url: pageOf({ ref: slug! }), versionNumber: currentVersionNumber, kernelId: id };
  }
}

/** Saves a kernel, and waits for a slot if asked to. Throws `CapacityError`, `QuotaError`, and `ApiError` for what Kaggle refuses. */
export async function save(
  client: KaggleClient,
  request: Init<ApiSaveKernelRequest>,
  mark: string | undefined,
  options: SaveOptions,
): Promise<Saved> {
  const { waitForSlot = 0, onStatus, signal } = options;
  let remainingMs = waitForSlot * 1000;
  for (let attempt = 1; ; attempt++) {
    try {
      return await saveOnce(client, request, mark, options);
    } catch (error) {
      if (!(error instanceof CapacityError) || remainingMs <= 0) throw error;
      if (attempt === 1) onStatus?.('WAITING_FOR_SLOT');
      const ms = Math.min(remainingMs, pollDelay(attempt, schedule, client.clock.random));
      await client.clock.sleep(ms, signal);
      remainingMs -= ms;
    }
  }
}
