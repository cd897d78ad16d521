import { ValidationError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import { name as nameField } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { paginate } from '../../../core/rpc/paginate.ts';
import {
  type OpenRemoteOptions,
  openRemote as open,
  openRemoteFields,
  type RemoteFile,
} from '../../../core/transfer/remote/remote.ts';
import { type RunRef, resolveRun, runField } from '../run-ref.ts';
import { outputPages } from './pages.ts';

/**
 * Opens one output file of a run without downloading it: only the parts that are read are fetched. `name` is relative
 * to `/kaggle/working`. An address that has expired is looked up again. Throws `ValidationError` when the run left no such
 * file, `KaggleError` for a run that has not ended, `TransferError`; an abort keeps its reason.
 */
export async function openRemote(
  client: KaggleClient,
  run: RunRef,
  name: string,
  options: OpenRemoteOptions = {},
): Promise<RemoteFile> {
  checkCall(
    'kernels.openRemote',
    client,
    { run, name, options },
    { run: runField, name: nameField, options: openRemoteFields },
  );
  const { signal } = options;
  const resolved = await resolveRun(client, run, { signal });
  const find = async (): Promise<string> => {
    const fetchPage = outputPages(client, resolved, { signal });
    for await (const file of paginate(fetchPage)) if (file.fileName === name && file.url) return file.url;
    throw new ValidationError(`${resolved.ref} has no output file ${JSON.stringify(name)}`);
  };
  return open(client, { url: await find(), renew: find }, { file: name, ...options });
}
