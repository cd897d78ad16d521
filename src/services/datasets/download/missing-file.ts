import { NotFoundError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { listFiles } from '../list-files.ts';
import type { DatasetHandle } from '../ref.ts';

/** How many files of the listing are searched for the reason of a failure. */
const maxListed = 2000;

/** Why a file cannot be downloaded by itself, according to the listing. */
async function reasonOf(client: KaggleClient, handle: DatasetHandle, file: string, signal: AbortSignal | undefined) {
  const shown = JSON.stringify(file);
  const base = file.slice(file.lastIndexOf('/') + 1);
  const listing = listFiles(client, handle, { limit: maxListed, pageSize: 500, signal });
  const similar: string[] = [];
  for await (const { name = '' } of listing) {
    if (name === file) {
      return (
        `Kaggle lists ${shown}, but does not serve it by itself, as happens in very large datasets; extract it from the ` +
        'archive with openArchive(...), or download the whole dataset with { unzip: true }'
      );
    }
    if (name.startsWith(`${file.replace(/\/$/, '')}/`)) {
      return `${shown} is a folder; download it as { owner, slug, folder: ${shown} }`;
    }
    if (name.slice(name.lastIndexOf('/') + 1) === base) similar.push(JSON.stringify(name));
  }
  if (listing.capped) return undefined;
  return `no such file ${shown}${similar.length > 0 ? `; did you mean ${similar.slice(0, 3).join(' or ')}?` : ''}`;
}

/** Adds the reason to a 404 for one file, if the listing tells it. */
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
  const hint =
    reason ?? 'check the name with listFiles; some listed files can only be downloaded with the whole dataset';
  return new NotFoundError(`${error.message.replace(/\.$/, '')}: ${owner}/${slug}: ${hint}`, {
    ...error,
    cause: error,
  });
}
