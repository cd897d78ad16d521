import { ApiError, isKaggleError, KaggleError, NotFoundError, PermissionError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type PollTurn, poll } from '../../core/rpc/poll.ts';
import { isTransient } from '../../core/rpc/retry.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import type { Snapshot } from '../versions/index.ts';
import { forgetCreated } from './created.ts';
import { getDataset, getDatasetStatus } from './generated/index.ts';
import { snapshotOf } from './look-up.ts';
import { plainStatus, readinessOf } from './readiness.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';
import type { WaitOptions } from './types.ts';

/** How many looks in a row may show a failure that could be an older version's before it is believed. */
const maxHints = 3;

/** How many looks in a row may find nothing where something was just made: about three minutes. */
const maxUnseen = 20;

/** How many looks in a row may be refused the listing of what is READY before that is left. */
const maxListingFailures = 5;

/** What is waited for. */
export interface Awaited extends Omit<WaitOptions, 'files'> {
  /** Which version it is, where its number is not known: asked at each look, until it answers. */
  identify?: (found: Snapshot, signal: AbortSignal) => Promise<number | undefined>;
  /** After READY: the names of files that the version should list but does not. */
  missing?: ((versionNumber: number, signal: AbortSignal) => Promise<readonly string[]>) | undefined;
}

/** Waits until a version is READY, or its processing has failed, and resolves to which of them. */
export async function awaitVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  options: Awaited,
): Promise<{ status: 'READY' | 'FAILED' | 'DELETED'; versionNumber: number; page: string }> {
  const { identify, missing } = options;
  let wanted = handle.version;
  const named = wanted !== undefined || identify !== undefined;
  const name = () => `dataset ${formatDatasetRef(handle)}${wanted ? `, version ${wanted}` : ''}`;
  const request = { ownerSlug: handle.owner, datasetSlug: handle.slug };
  let page = `https://www.kaggle.com/datasets/${formatDatasetRef(handle)}`;
  let shown = '';
  let hints = 0;
  let unseen = 0;
  let incomplete = 0;
  const show = (status: string) => {
    if (status !== shown) options.onStatus?.(status);
    shown = status;
  };

  /** Whether all files are there. A listing that is refused again and again is no reason to fail: READY was said. */
  async function isComplete(number: number, signal: AbortSignal): Promise<boolean> {
    if (!missing) return true;
    incomplete++;
    let absent: readonly string[];
    try {
      absent = await missing(number, signal);
    } catch (error) {
      if (!isKaggleError(error) || signal.aborted) throw error;
      if (incomplete < maxListingFailures) return false;
      client.log(`${name()} is READY, but its files cannot be listed; skipping that check: ${error.message}`);
      return true;
    }
    if (absent.length === 0) return true;
    if (incomplete < maxUnseen) return false;
    const names = absent.slice(0, 5).map((file) => JSON.stringify(file));
    throw new KaggleError(
      `${name()} is READY, but its list of files lacks uploaded ones: ${names.join(', ')}` +
        `${absent.length > 5 ? ` and ${absent.length - 5} more` : ''}; see ${page}, or pass files: [] to skip this check`,
    );
  }

  async function look(signal: AbortSignal) {
    const found = await client.call(getDataset, request, { signal });
    const answer = await client.call(getDatasetStatus, request, { signal });
    unseen = 0;
    page = found.url || page;
    wanted ??= await identify?.(snapshotOf(found), signal);
    if (identify && wanted === undefined) return void show('NOT_YET_PERSISTED');
    const current = Number(found.currentVersionNumber ?? 0);
    const number = wanted ?? current;
    const listed = found.versions?.find((version) => Number(version.versionNumber) === number)?.status;
    const readiness = readinessOf({ wanted, current, listed, status: answer.status });
    hints = readiness === 'maybe failed' ? hints + 1 : 0;
    // What is said of an older version is not the status of this one.
    const others = readiness !== 'failed' && wanted !== undefined && current < wanted && !hints;
    const status = plainStatus(listed) || (others ? 'NOT_YET_PERSISTED' : plainStatus(answer.status));
    if (readiness === 'failed' || hints >= maxHints) {
      show(status);
      return { status: status as 'FAILED' | 'DELETED', versionNumber: number, page };
    }
    if (readiness !== 'ready') return void show(status);
    if (!(await isComplete(number, signal))) return void show('LISTING');
    show('READY');
    return { status: 'READY' as const, versionNumber: number, page };
  }

  /** A version that was just made may not be visible yet, and a busy server is no reason to stop waiting. */
  async function patientLook(signal: AbortSignal, turn: PollTurn) {
    try {
      return await look(signal);
    } catch (error) {
      if (!isKaggleError(error) || signal.aborted) throw error;
      const hidden = named && (error instanceof NotFoundError || error instanceof PermissionError);
      if (!(hidden || isTransient(error)) || ++unseen >= maxUnseen) throw error;
      if (error instanceof ApiError) turn.pause(error.retryAfterMs);
      if (hidden && !shown) show('NOT_YET_PERSISTED');
      return undefined;
    }
  }

  const result = await poll(client, () => `${name()} is ${shown || 'not visible'}`, patientLook, {
    signal: joinSignals(client.signal, options.signal),
    timeout: options.timeout ?? 1800,
    schedule: { first: 1, longest: 15 },
  });
  forgetCreated(client, handle);
  return result;
}
