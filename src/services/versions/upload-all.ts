import type { KaggleClient } from '../../core/rpc/client.ts';
import { budgetsOf } from '../../core/transfer/budget.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import { pool } from '../../core/transfer/pool.ts';
import type { Journal } from '../../core/transfer/upload/journal.ts';
import { uploadBlob } from '../../core/transfer/upload/upload.ts';
import type { VersionOptions } from './options.ts';
import type { StoredFile, Versioned } from './versioned.ts';

/**
 * Uploads all files, several at a time, and returns the results in the order of the files. The first failure stops the others.
 * Files that an earlier process uploaded, according to the journal, are skipped.
 */
export function uploadAll(
  client: KaggleClient,
  files: readonly OpenedFile[],
  blob: Versioned<unknown>['blob'],
  options: VersionOptions,
  journal: Journal | undefined,
): Promise<StoredFile[]> {
  const { onProgress, stallTimeout } = options;
  const concurrency = options.concurrency ?? client.platform.concurrency;
  budgetsOf(client).connections.widen(concurrency);
  return pool(
    files,
    concurrency,
    async ({ name, source, identity, input }, _index, signal) => {
      const base = name.slice(name.lastIndexOf('/') + 1);
      const record = await journal?.upload(source, name);
      const { token } = await uploadBlob(client, source, blob(base), {
        file: name,
        identity,
        signal,
        onProgress,
        stallTimeout,
        record,
      });
      await source.close?.();
      return { name, token, input };
    },
    options.signal,
  );
}
