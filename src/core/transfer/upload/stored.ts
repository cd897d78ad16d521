import { isReplayable } from '../../bytes/sources.ts';
import { IntegrityError } from '../../errors.ts';
import { base64, type Checksums, createHasher } from '../../hash/checksum.ts';
import type { ByteSource } from '../../platform.ts';
import type { Verified } from '../../progress.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { RunningHash } from '../running-hash.ts';
import { readStream } from '../streams.ts';
import { uploadError } from './upload-error.ts';

/** Throws `TransferError` if the source changed since its identity was `before`. */
export async function checkUnchanged(source: ByteSource, before: string | undefined, file: string): Promise<void> {
  const now = await source.identity?.();
  if (now === before) return;
  throw uploadError(file, 'the file changed during the upload; upload it again');
}

/**
 * Compares the storage's checksum with that of the sent bytes; throws `IntegrityError`. md5 is used only if the storage reports
 * no other checksum, and costs a second read only where the platform computes it fast.
 */
export async function compareStored(
  client: KaggleClient,
  source: ByteSource,
  file: string,
  sums: Checksums,
  ours: { crc32c: RunningHash; whole: Uint8Array | undefined },
  signal: AbortSignal,
): Promise<Verified> {
  const check = (algorithm: 'crc32c' | 'md5', sum: Uint8Array): Verified => {
    if (base64(sum) === sums[algorithm]) return algorithm;
    const theirs = sums[algorithm];
    throw new IntegrityError(
      `cannot upload "${file}": checksum mismatch: expected ${algorithm} ${base64(sum)}, the storage has ${theirs}; try again`,
      { file },
    );
  };
  if (sums.crc32c) {
    // If an earlier process stored everything, this one has read nothing yet.
    await ours.crc32c.catchUp(source, source.size, signal);
    return check('crc32c', await ours.crc32c.digest());
  }
  if (!sums.md5) return 'length';
  const native = client.platform.hasher?.('md5');
  if (!ours.whole && !(native && isReplayable(source))) return 'length';
  const md5 = native ?? createHasher(client.platform, 'md5');
  if (ours.whole) await md5.update(ours.whole);
  else await readStream(await source.slice(0, source.size), (chunk) => md5.update(chunk), signal);
  return check('md5', await md5.digest());
}
