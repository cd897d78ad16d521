import type { KaggleClient } from '../../core/client.ts';
import { ApiError, RateLimitError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import { closeFiles, type OpenedFile } from '../../core/transfer/inputs.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { discardJournal, type Journal, openJournal } from '../../core/transfer/upload/journal.ts';
import { archiveFiles } from './archive-files.ts';
import { placeFiles } from './directories.ts';
import { findVersion } from './find-version.ts';
import {
  type ApiCreateDatasetResponse,
  type ApiDataset,
  createDataset,
  createDatasetVersion,
} from './generated/index.ts';
import { latestVersion, lookUp } from './look-up.ts';
import { newNonce, type Pending, readPending, sightVersion } from './pending.ts';
import { type Expected, isOurs, recover } from './recover.ts';
import { lookFor, settle } from './settle.ts';
import type { DatasetContent, DatasetFile, DatasetOptions, DatasetVersion, NewDataset, NewVersion } from './types.ts';
import { openDatasetFiles, uploadAll } from './upload-all.ts';
import { validateDataset } from './validate.ts';
import { type Content, newDataset, newVersion } from './version-requests.ts';
import { waitUntilReady } from './wait-until-ready.ts';

type Wanted = DatasetContent & NewDataset & NewVersion;
type Decide = (found: ApiDataset | undefined) => Pending['call'];
type Settings = DatasetOptions & { signal: AbortSignal };

/** A version that is there, and the answer of the call that made it, unless nobody got that. */
interface Made {
  readonly number: number;
  readonly created: boolean;
  readonly answer?: ApiCreateDatasetResponse;
}

/**
 * What create, createVersion and createOrVersion share. `decide` is told what is there already and says what to make,
 * or throws. Everything that can be checked is checked before the first byte is sent, and the version is made only
 * when every file has arrived. Where the platform keeps state, a job that was cut off goes on: files that arrived are
 * not sent again, and a call whose answer nobody got is looked after before it is made again.
 */
export async function makeVersion(
  client: KaggleClient,
  verb: string,
  dataset: Wanted,
  options: DatasetOptions,
  decide: Decide,
): Promise<DatasetVersion> {
  validateDataset(dataset);
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  await client.requireCredential(`datasets.${verb}`);
  const target = `dataset:${client.baseUrl}:${dataset.owner}/${dataset.slug}`;
  const opened = await openDatasetFiles(client, dataset.files);
  let journal: Journal | undefined;
  try {
    journal = options.resume === false ? undefined : await openJournal(client, target);
    const settings = { ...options, signal };
    const sent = await archiveFiles(opened, options.archive);
    const made = await make(client, dataset, { opened, sent }, settings, decide, journal);
    const all = [...opened, ...sent];
    if (journal) await journal.clear(all);
    else if (options.resume === false) await discardJournal(client, target, all);
    return describe(client, dataset, made);
  } finally {
    await journal?.close();
    await closeFiles(opened);
  }
}

async function make(
  client: KaggleClient,
  dataset: Wanted,
  { opened, sent }: Record<'opened' | 'sent', readonly OpenedFile<DatasetFile>[]>,
  settings: Settings,
  decide: Decide,
  journal: Journal | undefined,
): Promise<Made> {
  const { signal } = settings;
  const title = dataset.title ?? dataset.slug;
  const files = opened.map(({ name, source }) => [name, source.size, source.lastModified?.getTime(), source.key]);
  const content = journal ? await sha256Text(JSON.stringify([title, files])) : '';
  const left = readPending(await journal?.note());
  let again: Pending | undefined;
  if (left?.content === content) {
    const number = await recover(client, dataset, left, { title, files: opened }, settings);
    if (number !== undefined) return { number, created: left.call === 'create' };
    again = left;
  } else if (left) {
    // Another job was cut off: whether its call worked is not known, and so neither whether its tokens are used.
    journal?.distrust();
    await journal?.clearNote();
  }
  const found = await lookUp(client, dataset, { signal });
  const call = decide(found);
  const placed = placeFiles(await uploadAll(client, sent, settings, journal));
  const before = latestVersion(found);
  const pending = { call, before, content, nonce: again?.call === call ? again.nonce : newNonce() };
  return create(client, dataset, placed, pending, { ...settings, expected: { title, files: opened } }, decide, journal);
}

/** Whether a refusal to create says that there is such a dataset by now: another process was faster. */
function isTaken(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 409 || /already|in use|exists/i.test(error.message));
}

/** Makes the call, after noting that it is made. */
async function create(
  client: KaggleClient,
  dataset: Wanted,
  content: Content,
  pending: Pending,
  settings: Settings & { expected: Expected },
  decide: Decide,
  journal: Journal | undefined,
): Promise<Made> {
  const { signal, sleep } = settings;
  const { call, before } = pending;
  const kept = (await journal?.setNote(pending)) ?? false;
  const nonce = kept ? pending.nonce : undefined;
  let lost = false;
  const onLost = () => {
    lost = true;
  };

  function look(now: ApiDataset | undefined): number | 'waiting' {
    if (call === 'create') return now ? 1 : 'waiting';
    const sighting = nonce === undefined ? undefined : sightVersion(now, { nonce, before });
    if (typeof sighting === 'number') return sighting;
    // Without a mark, or where no notes are shown, a newer version is all that can be seen.
    const newer = latestVersion(now) > before && (sighting === undefined || sighting === 'unclear');
    return newer ? before + 1 : 'waiting';
  }

  try {
    const send = () =>
      call === 'create'
        ? client.call(createDataset, newDataset(dataset, content), { signal, retry: 0 })
        : client.call(createDatasetVersion, newVersion(dataset, content, nonce), { signal, retry: 0 });
    const result = await settle(client, dataset, look, send, { signal, sleep, onLost });
    const answer = 'answer' in result ? result.answer : undefined;
    if (call === 'create') return { number: 1, created: true, ...(answer && { answer }) };
    const number = await findVersion(client, dataset, before, nonce, signal);
    return { number, created: false, ...(answer && { answer }) };
  } catch (error) {
    // Some runtimes send a request again when a connection that was kept breaks: then it is the second that is refused.
    const taken = isTaken(error) && !lost;
    const found = taken && call === 'version' ? await lookFor(client, dataset, look, settings) : undefined;
    if (found) return { number: found.made, created: false };
    // Refused in so many words: nothing was made, and the next run need not wonder.
    if (error instanceof ApiError && !lost) {
      await journal?.clearNote();
      if (!(error instanceof RateLimitError)) await journal?.refused();
    }
    if (call !== 'create' || !taken) throw error;
    const there = await lookFor(client, dataset, (now) => now ?? 'waiting', settings);
    if (!there || decide(there.made) !== 'version') throw error;
    const next = { ...pending, call: 'version' as const, before: latestVersion(there.made) };
    return create(client, dataset, content, next, settings, decide, journal).catch(async (refusal: unknown) => {
      // The tokens are used: by us, if the dataset is what we wanted to make.
      const ours = isTaken(refusal) && (await isOurs(client, dataset, there.made, settings.expected, signal));
      if (ours) return { number: 1, created: true };
      throw refusal;
    });
  }
}

function describe(client: KaggleClient, { owner, slug }: DatasetContent, made: Made): DatasetVersion {
  const version = { ref: `${owner}/${slug}`, versionNumber: made.number };
  return {
    ...version,
    url: made.answer?.url || `https://www.kaggle.com/datasets/${owner}/${slug}`,
    created: made.created,
    invalidTags: made.answer?.invalidTags ?? [],
    ready: (options) => waitUntilReady(client, version, options),
  };
}
