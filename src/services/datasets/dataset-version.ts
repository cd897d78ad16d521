import { KaggleError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import { findVersion, type MadeVersion, type Mark, type Snapshot } from '../versions/index.ts';
import type { ApiCreateDatasetResponse } from './generated/index.ts';
import { missingFiles, type SentFile, sentNames, versionsWith } from './listed.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';
import { type DatasetFile, type DatasetVersion, type WaitOptions, waitFields } from './types.ts';
import { awaitReady, waitUntilReady } from './wait-until-ready.ts';

/**
 * The result of the verbs for a version that was created. Reads archives among the files to know what it should list.
 */
export async function datasetVersion(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  { number, created, answer, mark }: MadeVersion<ApiCreateDatasetResponse>,
  files: readonly OpenedFile<DatasetFile>[],
): Promise<Omit<DatasetVersion, 'leftOut'>> {
  const handle = { owner, slug, ...(number !== undefined && { version: number }) };
  const sent: SentFile[] = [];
  for (const file of files) sent.push(await sentNames(client, file));
  return {
    ref: formatDatasetRef(handle),
    versionNumber: number,
    url: answer?.url || `https://www.kaggle.com/datasets/${formatDatasetRef(handle)}`,
    created,
    invalidTags: answer?.invalidTags ?? [],
    async ready(options: WaitOptions = {}) {
      checkCall('ready', client, { options }, { options: waitFields });
      const { files, ...rest } = options;
      if (files) return waitUntilReady(client, handle, options);
      return awaitReady(client, handle, {
        ...rest,
        missing: missingFiles(client, handle, sent),
        identify: (found, signal) => identifyVersion(client, handle, found, mark, sent, signal),
      });
    },
  };
}

/**
 * Finds the version at a later look-up; without notes by its files. Throws `KaggleError` if several versions have those.
 */
async function identifyVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  found: Snapshot,
  mark: Mark,
  sent: readonly SentFile[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const result = findVersion(found, mark);
  if (result !== 'unclear') return typeof result === 'number' ? result : undefined;
  const newer = Array.from({ length: found.latest - mark.before }, (_, index) => mark.before + 1 + index);
  const fitting = await versionsWith(client, handle, sent, newer, signal);
  if (fitting.length <= 1) return fitting[0];
  const name = formatDatasetRef(handle);
  throw new KaggleError(
    `cannot tell which version of ${name} was created: versions ${fitting.join(', ')} all list the uploaded files, and no ` +
      `version notes contain the marker; see https://www.kaggle.com/datasets/${name}/versions`,
  );
}
