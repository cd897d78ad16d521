import { pathOf } from '../../../core/file-path.ts';
import { refuse } from '../../../core/options/check.ts';
import { shown } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type Folder, isFolderSink, openFolder } from '../../../core/transfer/folder.ts';

/**
 * Makes sure, before a run uses quota, that its output can be saved to `folder`: creates the folder, and opens a file in it that
 * is discarded. Throws what `output` would throw at the end.
 */
export async function prepareOutput(client: KaggleClient, folder: Folder): Promise<void> {
  const target = openFolder(client, folder);
  if (isFolderSink(folder)) return;
  const path = pathOf(folder);
  const { fs } = client.platform;
  const there = await fs!.stat(path);
  if (there?.kind === 'file')
    refuse('kernels.run', [{ path: 'output', message: `expected a folder, got the file ${shown(path)}` }]);
  await fs!.mkdir(path);
  const probe = await target.sink('probe');
  await probe.abort();
}
