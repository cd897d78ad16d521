import { pathOf } from '../../../core/file-path.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type Folder, isFolderSink } from '../../../core/transfer/folder.ts';
import type { Job } from '../job/job.ts';
import { type FetchedFile, type OutputOptions, output } from '../output/output.ts';

/** The folder of one input. */
function folderOf({ platform }: KaggleClient, folder: Folder, index: number): Folder {
  if (isFolderSink(folder)) return { sink: (path) => folder.sink(`${index}/${path}`) };
  const path = pathOf(folder);
  return platform.fs?.join(path, `${index}`) ?? path;
}

/** The files that an earlier call has downloaded; `undefined` if they are not in the folder any more, or cannot be listed. */
async function filesIn({ platform }: KaggleClient, folder: Folder): Promise<FetchedFile[] | undefined> {
  const { fs } = platform;
  if (isFolderSink(folder) || !fs) return undefined;
  const root = pathOf(folder);
  const files: FetchedFile[] = [];
  try {
    for await (const { path: name, kind, size } of fs.walk(root)) {
      const path = fs.join(root, ...name.split('/'));
      if (kind === 'file') files.push({ name, path, size, verified: 'none', skipped: true });
    }
  } catch {
    return undefined;
  }
  return files.length > 0 ? files : undefined;
}

/** Downloads the output of an input, unless that was done before. */
export async function saveOutput(
  client: KaggleClient,
  job: Job,
  folder: Folder,
  { index, saved }: { index: number; saved: boolean },
  options: OutputOptions,
): Promise<FetchedFile[] | undefined> {
  const own = folderOf(client, folder, index);
  if (saved) {
    if (isFolderSink(folder)) return undefined;
    const files = await filesIn(client, own);
    if (files) return files;
  }
  return output(client, job, own, options);
}
