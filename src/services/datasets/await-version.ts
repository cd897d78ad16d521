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

/** How many look-ups in a row may show a failure of what may be an older version before it is believed. */
const maxUncertainFailures = 3;

/** How many look-ups in a row may find nothing although something was just created: about three minutes. */
const maxUnseen = 20;

/** How many attempts in a row to list a READY version may fail before the check is skipped. */
const maxListingFailures = 5;

/** What to wait for. */
export interface AwaitVersionOptions extends Omit<WaitOptions, 'files'> {
  /** Finds the number of the version, if it is not known; called at each look-up until it returns one. */
  identify?: (found: Snapshot, signal: AbortSignal) => Promise<number | undefined>;
  /** Called after READY: names of files that the version should list but does not. */
  missing?: ((versionNumber: number, signal: AbortSignal) => Promise<readonly string[]>) | undefined;
}

/** Waits until a version is READY or its processing failed, and returns which. */
export async function awaitVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  options: AwaitVersionOptions,
): Promise<{ status: 'READY' | 'FAILED' | 'DELETED'; versionNumber: number; page: string }> {
  const { identify, missing } = options;
  let wanted = handle.version;
  const isSpecific = wanted !== undefined || identify !== undefined;
  const name = () => `dataset ${formatDatasetRef(handle)}${wanted ? `, version ${wanted}` : ''}`;
  const request = { ownerSlug: handle.owner, datasetSlug: handle.slug };
  let page = `https://www.kaggle.com/datasets/${formatDatasetRef(handle)}`;
  let reported = '';
  let uncertainFailures = 0;
  let unseen = 0;
  let incomplete = 0;
  const report = (status: string) => {
    if (status !== reported) options.onStatus?.(status);
    reported = status;
  };

  /** Whether all files are listed. A listing that keeps failing is no reason to fail: the version is READY. */
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
      `${name()} is READY, but Kaggle does not list these uploaded files: ${names.join(', ')}` +
        `${absent.length > 5 ? ` and ${absent.length - 5} more` : ''}; see ${page}, or pass files: [] to skip this check`,
    );
  }

  async function lookUp(signal: AbortSignal) {
    const found = await client.call(getDataset, request, { signal });
    const answer = await client.call(getDatasetStatus, request, { signal });
    unseen = 0;
    page = found.url || page;
    wanted ??= await identify?.(snapshotOf(found), signal);
    if (identify && wanted === undefined) return void report('NOT_YET_PERSISTED');
    const current = Number(found.currentVersionNumber ?? 0);
    const number = wanted ?? current;
    const listed = found.versions?.find((version) => Number(version.versionNumber) === number)?.status;
    const readiness = readinessOf({ wanted, current, listed, status: answer.status });
    uncertainFailures = readiness === 'maybe failed' ? uncertainFailures + 1 : 0;
    // The status of an older version says nothing about this one.
    const isOlder = readiness !== 'failed' && wanted !== undefined && current < wanted && !uncertainFailures;
    const status = plainStatus(listed) || (isOlder ? 'NOT_YET_PERSISTED' : plainStatus(answer.status));
    if (readiness === 'failed' || uncertainFailures >= maxUncertainFailures) {
      report(status);
      return { status: status as 'FAILED' | 'DELETED', versionNumber: number, page };
    }
    if (readiness !== 'ready') return void report(status);
    if (!(await isComplete(number, signal))) return void report('LISTING');
    report('READY');
    return { status: 'READY' as const, versionNumber: number, page };
  }

  /** Tolerates that a new version is not visible yet, and that the server is busy. */
  async function lookUpPatiently(signal: AbortSignal, turn: PollTurn) {
    try {
      return await lookUp(signal);
    } catch (error) {
      if (!isKaggleError(error) || signal.aborted) throw error;
      const hidden = isSpecific && (error instanceof NotFoundError || error instanceof PermissionError);
      if (!(hidden || isTransient(error)) || ++unseen >= maxUnseen) throw error;
      if (error instanceof ApiError) turn.pause(error.retryAfterMs);
      if (hidden && !reported) report('NOT_YET_PERSISTED');
      return undefined;
    }
  }

  const result = await poll(client, () => `${name()} is ${reported || 'not visible'}`, lookUpPatiently, {
    signal: joinSignals(client.signal, options.signal),
    timeout: options.timeout ?? 1800,
    schedule: { first: 1, longest: 15 },
  });
  forgetCreated(client, handle);
  return result;
}
