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
 * Opens an output file without downloading it. Only the parts that are read are requested. An expired URL is renewed.
 *
 * @param run - The run; see `RunRef`.
 * @param name - Path relative to `/kaggle/working`.
 * @throws `ValidationError` if the run has no such file, and `KaggleError` if it has not ended.
 * @throws `TransferError` if a part cannot be read.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { openRemote } from 'kaggle-ts/kernels';
 *
 * const file = await openRemote(createClient(), 'alice/my-training', 'model.bin');
 * console.log(file.size, await file.readRange(0, 16));
 * ```
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
