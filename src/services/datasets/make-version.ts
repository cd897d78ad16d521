import { sha256Text } from '../../core/hash/digest.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { closeFiles, type OpenedFile } from '../../core/transfer/inputs.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { discardJournal, type Journal, openJournal } from '../../core/transfer/upload/journal.ts';
import { archiveFiles } from './archive-files.ts';
import { type Made, makeCall, type Settings, type Wanted } from './call-version.ts';
import { isRemembered } from './created.ts';
import { decide, type Verb } from './decide.ts';
import { placeFiles } from './directories.ts';
import { identifyVersion } from './find-version.ts';
import { awaitFirstVersion, isFirstInWork, isOwner } from './first-version.ts';
import { missingFiles, type SentFile, sentNames } from './listed.ts';
import { latestVersion, lookUp } from './look-up.ts';
import { newNonce, type Pending, readPending } from './pending.ts';
import { recover } from './recover.ts';
import { lookFor } from './settle.ts';
import type { DatasetFile, DatasetOptions, DatasetVersion, WaitOptions } from './types.ts';
import { openDatasetFiles, uploadAll } from './upload-all.ts';
import { validateDataset } from './validate.ts';
import { awaitReady, waitUntilReady } from './wait-until-ready.ts';

/**
 * What create, createVersion and createOrVersion share. Everything that can be checked is checked before the first byte
 * is sent, what must be waited for is waited for, and the version is made only when every file has arrived. Where the platform keeps state, a job that was cut off goes on: files that arrived are
 * not sent again, and a call whose answer nobody got is looked after before it is made again.
 */
export async function makeVersion(
  client: KaggleClient,
  verb: Verb,
  dataset: Wanted,
  options: DatasetOptions,
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
    const made = await make(client, verb, dataset, { opened, sent }, settings, journal);
    const all = [...opened, ...sent];
    if (journal) await journal.clear(all);
    else if (options.resume === false) await discardJournal(client, target, all);
    return describe(client, dataset, made, await namesOf(client, opened));
  } finally {
    await journal?.close();
    await closeFiles(opened);
  }
}

/** What the version should list; archives are looked into for that. */
async function namesOf(client: KaggleClient, files: readonly OpenedFile<DatasetFile>[]): Promise<SentFile[]> {
  const names: SentFile[] = [];
  for (const file of files) names.push(await sentNames(client, file));
  return names;
}

/** What is there, once a version of it can be made: no byte is sent before that. */
async function lookUntilFree(client: KaggleClient, verb: Verb, dataset: Wanted, settings: Settings) {
  const { signal } = settings;
  const found = await lookUp(client, dataset, { signal });
  if (verb === 'create') return found;
  if (await isFirstInWork(client, dataset, found, signal)) return awaitFirstVersion(client, dataset, settings);
  if (found || verb !== 'createVersion' || !(await isOwner(client, dataset, signal))) return found;
  // One's own dataset, which should be there: it may have been made by another process, a moment ago.
  return (await lookFor(client, dataset, (now) => now ?? 'waiting', settings))?.made;
}

async function make(
  client: KaggleClient,
  verb: Verb,
  dataset: Wanted,
  { opened, sent }: Record<'opened' | 'sent', readonly OpenedFile<DatasetFile>[]>,
  settings: Settings,
  journal: Journal | undefined,
): Promise<Made> {
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
  const found = await lookUntilFree(client, verb, dataset, settings);
  const exists = found !== undefined || (verb === 'create' && isRemembered(client, dataset));
  const call = decide(verb, exists, dataset);
  const placed = placeFiles(await uploadAll(client, sent, settings, journal));
  const nonce = settings.resume === false ? undefined : again?.call === call ? again.nonce : newNonce();
  const pending = { call, before: latestVersion(found), content, nonce };
  const job = { verb, dataset, content: placed, expected: { title, files: opened }, journal };
  return makeCall(client, job, pending, settings);
}

function describe(
  client: KaggleClient,
  { owner, slug }: Wanted,
  { number, created, answer, trace }: Made,
  sent: readonly SentFile[],
): DatasetVersion {
  const handle = { owner, slug, ...(number !== undefined && { version: number }) };
  const ready = (options: WaitOptions = {}) => {
    const { files, ...rest } = options;
    if (files) return waitUntilReady(client, handle, options);
    return awaitReady(client, handle, {
      ...rest,
      missing: missingFiles(client, handle, sent),
      ...(trace && {
        identify: (found, signal) => identifyVersion(client, handle, found, trace, sent, signal),
      }),
    });
  };
  return {
    ref: `${owner}/${slug}`,
    versionNumber: number,
    url: answer?.url || `https://www.kaggle.com/datasets/${owner}/${slug}`,
    created,
    invalidTags: answer?.invalidTags ?? [],
    ready,
  };
}
