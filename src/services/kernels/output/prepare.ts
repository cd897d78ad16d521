import { ValidationError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type Folder, openFolder } from '../../../core/transfer/folder.ts';

/** Whether a file is wanted, by its name. Throws `ValidationError` for a pattern that is not a regular expression. */
export function wantedFiles(pattern: RegExp | string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const wanted = new RegExp(pattern, typeof pattern === 'string' ? '' : pattern.flags.replace(/[gy]/g, ''));
    return (name) => wanted.test(name);
  } catch (cause) {
    const message = `pattern "${pattern}" is not a regular expression (${(cause as Error).message}): for *.csv pass /\\.csv$/`;
    throw new ValidationError(message, [{ path: 'pattern', message }], { cause });
  }
}

/**
 * Makes sure, before a run is paid for, that its output can be fetched into `folder`: makes the folder, and opens a file in
 * it that is thrown away again. Throws what `output` would throw at the end.
 */
export async function prepareOutput(client: KaggleClient, folder: Folder): Promise<void> {
  const target = openFolder(client, folder);
  if (typeof folder !== 'string') return;
  const { fs } = client.platform;
  const there = await fs!.stat(folder);
  if (there?.kind === 'file') throw new ValidationError(`output "${folder}" is a file: pass a folder`);
  await fs!.mkdir(folder);
  const probe = await target.sink('probe');
  await probe.abort();
}
