import type { Init } from '../../../core/codec/message.ts';
import type { ErrorText } from '../../../core/error-text.ts';
import { callback, seconds, signal as signalField } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import { saveKernel } from '../generated/methods.ts';
import type { ApiSaveKernelRequest } from '../generated/types.ts';
import { pageOf } from '../run-ref.ts';
import type { Search } from './find-marked.ts';
import { markText, newNonce, type PushMark } from './mark.ts';
import type { Saved } from './pushed.ts';
import { findPushed, isAmbiguous, searchesFor } from './recover.ts';
import { CapacityError, explainRefusal, withHint } from './refusals.ts';

/** How `push` waits for a free slot. */
export interface SlotOptions {
  /**
   * Seconds to wait for a free slot if the account runs as many sessions as Kaggle allows. The push is repeated, with pauses
   * of 10 to 60 seconds. Without it such a push throws `CapacityError`.
   * @default 0
   */
  waitForSlot?: number | undefined;
  /** Called with `WAITING_FOR_SLOT` when the wait for a slot starts. */
  onStatus?: ((status: string) => void) | undefined;
  /** Aborts the wait for a slot. */
  signal?: AbortSignal | undefined;
}

export interface SaveOptions extends SlotOptions {
  /**
   * On abort, wait for the response of the call that saves, so that the caller knows what to cancel.
   * @default false
   */
  settle?: boolean | undefined;
  /** Called before each call that saves, with the nonce of the mark in its source. */
  beforeSave?: ((nonce: string | undefined) => Promise<void>) | undefined;
  /** Where to search for the version if the response is lost. @default the newest versions of the kernel */
  searches?: readonly Search[] | undefined;
  /** What to do if it is unknown whether Kaggle has saved the version. */
  ifUnknown?: ErrorText | undefined;
}

export const slotFields = (): Fields<SlotOptions> => ({
  waitForSlot: seconds(),
  onStatus: callback(),
  signal: signalField(),
});

/** Pauses between two pushes, in seconds. */
const schedule = { first: 10, longest: 60, factor: 1.4 };

async function saveOnce(
  client: KaggleClient,
  request: Init<ApiSaveKernelRequest>,
  mark: PushMark | undefined,
  options: SaveOptions,
): Promise<Saved> {
  const { slug, newTitle, text = '' } = request;
  options.signal?.throwIfAborted();
  await options.beforeSave?.(mark?.nonce);
  const signal = options.settle ? undefined : options.signal;
  try {
    return await client.call(saveKernel, request, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isAmbiguous(error)) throw explainRefusal(error, new TextEncoder().encode(text).length);
    const searches = options.searches ?? (mark && slug ? searchesFor(slug, newTitle, mark) : []);
    const nonces = mark && [mark.nonce];
    const found = await findPushed(
      client,
      searches.map((search) => ({ ...search, nonces })),
      signal,
    );
    if (!found) {
      const page = slug ? pageOf({ ref: slug }) : `the kernel ${request.id}`;
      const hint = options.ifUnknown ?? `Kaggle may have saved the version; check ${page} before you push again`;
      throw withHint(error, hint);
    }
    return { ...found, url: pageOf(found) };
  }
}

/**
 * Saves a kernel, and waits for a slot if asked to. Throws `CapacityError`, `QuotaError`, and `ApiError` for other refusals.
 */
export async function save(
  client: KaggleClient,
  given: Init<ApiSaveKernelRequest>,
  givenMark: PushMark | undefined,
  options: SaveOptions,
): Promise<Saved> {
  const { waitForSlot = 0, onStatus, signal } = options;
  let remainingMs = waitForSlot * 1000;
  let request = given;
  let mark = givenMark;
  for (let attempt = 1; ; attempt++) {
    try {
      return await saveOnce(client, request, mark, options);
    } catch (error) {
      if (!(error instanceof CapacityError) || remainingMs <= 0) throw error;
      if (attempt === 1) onStatus?.('WAITING_FOR_SLOT');
      const ms = Math.min(remainingMs, pollDelay(attempt, schedule, client.clock.random));
      await client.clock.sleep(ms, signal);
      remainingMs -= ms;
      if (!mark) continue;
      // Kaggle may have saved a version without a run: it must not be taken for that of the next attempt.
      const next = { ...mark, nonce: newNonce() };
      request = { ...request, text: request.text?.replaceAll(markText(mark), markText(next)) };
      mark = next;
    }
  }
}
