import type { KaggleClient } from '../../core/rpc/client.ts';
import { closeFiles, type OpenedFile } from '../../core/transfer/inputs.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { type MadeVersion, makeVersion, type Verb } from '../versions/index.ts';
import { rememberCreated } from './created.ts';
import type { ApiCreateDatasetResponse } from './generated/index.ts';
import { identifyVersion } from './identify-version.ts';
import { missingFiles, type SentFile, sentNames } from './listed.ts';
import { openDatasetFiles } from './open-files.ts';
import type { DatasetFile, DatasetOptions, DatasetVersion, WaitOptions } from './types.ts';
import { validateDataset } from './validate.ts';
import { versionedDataset, type Wanted } from './versioned.ts';
import { awaitReady, waitUntilReady } from './wait-until-ready.ts';

/** What create, createVersion and createOrVersion share. Everything that can be checked is checked before the first byte is sent. */
export async function makeDataset(
  client: KaggleClient,
  verb: Verb,
  dataset: Wanted,
  options: DatasetOptions,
): Promise<DatasetVersion> {
  validateDataset(dataset);
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  await client.requireCredential(`datasets.${verb}`);
  const files = await openDatasetFiles(client, dataset.files);
  try {
    const thing = versionedDataset(client, dataset, files, options);
    const made = await makeVersion(client, thing, verb, files, { ...options, signal });
    if (made.created) rememberCreated(client, dataset);
    return describe(client, dataset, made, await namesOf(client, files));
  } finally {
    await closeFiles(files);
  }
}

/** What the version should list; archives are looked into for that. */
async function namesOf(client: KaggleClient, files: readonly OpenedFile<DatasetFile>[]): Promise<SentFile[]> {
  const names: SentFile[] = [];
  for (const file of files) names.push(await sentNames(client, file));
  return names;
}

function describe(
  client: KaggleClient,
  { owner, slug }: Wanted,
  { number, created, answer, mark }: MadeVersion<ApiCreateDatasetResponse>,
  sent: readonly SentFile[],
): DatasetVersion {
  const handle = { owner, slug, ...(number !== undefined && { version: number }) };
  const ready = (options: WaitOptions = {}) => {
    const { files, ...rest } = options;
    if (files) return waitUntilReady(client, handle, options);
    return awaitReady(client, handle, {
      ...rest,
      missing: missingFiles(client, handle, sent),
      identify: (found, signal) => identifyVersion(client, handle, found, mark, sent, signal),
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
