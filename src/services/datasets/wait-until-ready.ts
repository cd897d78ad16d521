import type { KaggleClient } from '../../core/client.ts';
import { isKaggleError, KaggleError, NotFoundError, PermissionError } from '../../core/errors.ts';
import { poll } from '../../core/poll.ts';
import { isTransient } from '../../core/retry.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { getDataset, getDatasetStatus } from './generated/index.ts';
import { judge, plainStatus } from './readiness.ts';
import { type DatasetRef, formatDatasetRef, parseDatasetRef } from './ref.ts';
import type { WaitOptions } from './types.ts';

/** How many looks in a row may show a failure that could be an older version's before it is believed. */
const patience = 3;

/** How many looks in a row may find nothing where something was just made. */
const blindness = 20;

/**
 * Waits until a dataset version can be used. With a version number (the result of `createOrVersion` has one) it waits
 * for that version: a READY of the one before does not count. Without one it waits for what is current.
 *
 * Resolves to `{ status: 'READY', versionNumber }`. Throws `KaggleError` when the processing failed, `TimeoutError`
 * after `timeout` seconds (default 1800), what the API refuses; an abort keeps its reason.
 */
export async function waitUntilReady(
  client: KaggleClient,
  dataset: DatasetRef,
  options: WaitOptions = {},
): Promise<{ status: string; versionNumber: number }> {
  const handle = parseDatasetRef(dataset);
  const { version: wanted } = handle;
  const name = `dataset ${formatDatasetRef(handle)}${wanted ? `, version ${wanted}` : ''}`;
  const request = { ownerSlug: handle.owner, datasetSlug: handle.slug };
  let shown = '';
  let hints = 0;
  let missing = 0;

  async function look(signal: AbortSignal): Promise<{ status: string; versionNumber: number } | undefined> {
    const found = await client.call(getDataset, request, { signal });
    const answer = await client.call(getDatasetStatus, request, { signal });
    missing = 0;
    const current = Number(found.currentVersionNumber ?? 0);
    const number = wanted ?? current;
    const listed = found.versions?.find((version) => Number(version.versionNumber) === number)?.status;
    const readiness = judge({ wanted, current, listed, status: answer.status });
    hints = readiness === 'maybe failed' ? hints + 1 : 0;
    // What is said of an older version is not the status of this one.
    const others = readiness !== 'failed' && wanted !== undefined && current < wanted && !hints;
    const status = plainStatus(listed) || (others ? 'NOT_YET_PERSISTED' : plainStatus(answer.status));
    const effective = readiness === 'ready' ? 'READY' : status;
    if (effective !== shown) options.onStatus?.(effective);
    shown = effective;
    if (readiness === 'failed' || hints >= patience) {
      const page = found.url || `https://www.kaggle.com/datasets/${formatDatasetRef(handle)}`;
      throw new KaggleError(`${name}: the processing ended with ${status}; see ${page}`);
    }
    return readiness === 'ready' ? { status: 'READY', versionNumber: number } : undefined;
  }

  /** A version that was just made may not be visible yet, and a busy server is no reason to stop waiting. */
  async function patientLook(signal: AbortSignal) {
    try {
      return await look(signal);
    } catch (error) {
      if (!isKaggleError(error) || signal.aborted) throw error;
      const unseen = wanted !== undefined && (error instanceof NotFoundError || error instanceof PermissionError);
      if ((unseen || isTransient(error)) && ++missing < blindness) return undefined;
      throw error;
    }
  }

  const wait = options.sleep;
  return poll(() => `${name} is ${shown || 'not visible'}`, patientLook, {
    signal: joinSignals(client.signal, options.signal),
    timeout: options.timeout ?? 1800,
    schedule: { first: 1, longest: 15 },
    clock: wait && {
      now: () => Date.now(),
      sleep: (ms, signal) => wait(ms, signal ?? new AbortController().signal),
      random: Math.random,
    },
  });
}
