import type { CallOptions, KaggleClient } from '../../../core/client.ts';
import { ApiError } from '../../../core/errors.ts';
import type { Method } from '../../../core/method.ts';
import { getKernel } from '../generated/methods.ts';
import type { Run } from '../run-ref.ts';

/** Requests about one kernel that may name a version. The format of the label is documented nowhere. */
interface Labelled {
  userName?: string | undefined;
  kernelSlug?: string | undefined;
  versionLabel?: string | undefined;
}

/** The server says no to this request: the label may be why. Not for a bad token or a rate limit. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404, 422].includes(error.status >= 400 ? error.status : error.code);
}

/**
 * Calls a method about a run with the version number as label and, where the server refuses that, without one.
 * `label: 'none'` leaves the label out from the start.
 */
export async function callForRun<Request extends Labelled, Response>(
  client: KaggleClient,
  method: Method<Request, Response>,
  run: Run,
  request: Request,
  options: CallOptions & { label?: 'none' },
): Promise<{ answer: Response; label: 'accepted' | 'refused' | 'none' }> {
  const plain = { ...request, userName: run.owner, kernelSlug: run.slug };
  const { label, ...callOptions } = options;
  if (run.versionNumber === undefined || label === 'none') {
    return { answer: await client.call(method, plain, callOptions), label: 'none' };
  }
  try {
    const answer = await client.call(method, { ...plain, versionLabel: String(run.versionNumber) }, callOptions);
    return { answer, label: 'accepted' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { answer: await client.call(method, plain, callOptions), label: 'refused' };
  }
}

/** Whether the server looks at the label of this method: it then refuses one of a version that cannot exist. */
export async function honoursLabels<Request extends Labelled, Response>(
  client: KaggleClient,
  method: Method<Request, Response>,
  run: Run,
  request: Request,
  options: CallOptions,
): Promise<boolean> {
  const versionLabel = String((run.versionNumber ?? 0) + 1_000_000);
  try {
    await client.call(method, { ...request, userName: run.owner, kernelSlug: run.slug, versionLabel }, options);
    return false;
  } catch (error) {
    if (isRefusal(error)) return true;
    throw error;
  }
}

/** The version that the server shows as the current one, or `undefined` if it does not tell. */
export async function currentVersion(
  client: KaggleClient,
  run: Run,
  options: CallOptions,
): Promise<number | undefined> {
  try {
    const { metadata } = await client.call(getKernel, { userName: run.owner, kernelSlug: run.slug }, options);
    return Number(metadata?.currentVersionNumber ?? 0) || undefined;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
