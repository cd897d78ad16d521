import type { UnpackedFile } from '../../../core/archive/types.ts';
import { unpackZip } from '../../../core/archive/unpack.ts';
import { isKaggleError, TransferError } from '../../../core/errors.ts';
import type { TransferOptions } from '../../../core/progress.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { Folder } from '../../../core/transfer/folder.ts';
import { downloadKernelOutput, getKernel } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';

export interface ArchiveOptions extends TransferOptions {
  /**
   * Keep existing files with the right bytes.
   * @default true
   */
  keep?: boolean | undefined;
  stallTimeout?: number | undefined;
}

/**
 * Downloads the output of a run as one archive and unpacks the given files. Resolves to the files that it found, by name. The
 * others must be downloaded one by one: all of them if there is no archive.
 */
export async function outputByArchive(
  client: KaggleClient,
  run: ResolvedRun,
  names: readonly string[],
  folder: Folder,
  options: ArchiveOptions,
): Promise<Map<string, UnpackedFile>> {
  const { signal } = options;
  const wanted = new Set(names);
  try {
    // The call requires a version.
    const { metadata } = run.versionNumber ? {} : await client.call(getKernel, runFields(run), { signal });
    const versionNumber = run.versionNumber ?? Number(metadata?.currentVersionNumber ?? 0);
    if (!versionNumber) throw new TransferError('the server did not return the version number');
    const request = { ownerSlug: run.owner, kernelSlug: run.slug, versionNumber };
    const from = (headers: Record<string, string>) =>
      client.callRaw(downloadKernelOutput, request, { headers, signal });
    const file = `${run.slug}.zip`;
    // A version that was looked up may differ from that of the listing, and so may the names.
    const complete = run.versionNumber === undefined ? wanted : undefined;
    const filter = (name: string) => wanted.has(name);
    const files = await unpackZip(client, from, folder, { ...options, file, filter, complete });
    client.log(`${run.ref}: downloaded ${files.length} of ${names.length} output files as one archive`);
    return new Map(files.map((unpacked) => [unpacked.name, unpacked]));
  } catch (error) {
    signal?.throwIfAborted();
    client.signal?.throwIfAborted();
    if (!isKaggleError(error)) throw error;
    client.log(`${run.ref}: cannot download the output as one archive (${error.message}); downloading single files`);
    return new Map();
  }
}
