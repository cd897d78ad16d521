import { NotFoundError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { listFiles } from '../list-files.ts';
import type { DatasetHandle } from '../ref.ts';

/** Files of a listing that are looked at for the reason of a failure. */
const most = 2000;

/** What a listing tells of a file that cannot be downloaded alone. */
async function reasonOf(client: KaggleClient, handle: DatasetHandle, file: string, signal: AbortSignal | undefined) {
  const shown = JSON.stringify(file);
  const base = file.slice(file.lastIndexOf('/') + 1);
  const listing = listFiles(client, handle, { limit: most, pageSize: 500, signal });
  const similar: string[] = [];
  for await (const { name = '' } of listing) {
    if (name === file) {
      return (
        `${shown} is listed, but Kaggle does not give it alone, as happens in very large datasets: take it from the ` +
        'archive of the dataset, by openArchive(...) and its extract or file, or download all with { unzip: true }'
      );
    }
    if (name.startsWith(`${file.replace(/\/$/, '')}/`)) {
      return `${shown} is a folder: download it as { owner, slug, folder: ${shown} }`;
    }
    if (name.slice(name.lastIndexOf('/') + 1) === base) similar.push(JSON.stringify(name));
  }
  if (listing.capped) return undefined;
  return `there is no file ${shown} in it${similar.length > 0 ? `, but ${similar.slice(0, 3).join(', ')}` : ''}`;
}

/** For a 404 of one file: the same error, with the reason that the listing tells, if it tells one. */
export async function explainMissing(
  client: KaggleClient,
  handle: DatasetHandle,
  file: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (!(error instanceof NotFoundError)) return error;
  const reason = await reasonOf(client, handle, file, signal).catch(() => undefined);
  signal?.throwIfAborted();
  const { owner, slug } = handle;
  const hint = reason ?? `see listFiles: not every file that is listed can be downloaded alone`;
  return new NotFoundError(`${error.message.replace(/\.$/, '')}: ${owner}/${slug}: ${hint}`, {
    ...error,
    cause: error,
  });
}
