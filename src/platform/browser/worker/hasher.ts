import { crcHasher } from '../../../core/hash/crc.ts';
import { isWebAssemblyAllowed } from '../../../core/hash/crc-fold.ts';
import { crc32 } from '../../../core/hash/crc32.ts';
import { crc32c } from '../../../core/hash/crc32c.ts';
import { createMd5 } from '../../../core/hash/md5.ts';
import type { Hasher } from '../../../core/platform.ts';
import { type RunTask, WorkerLostError } from './connection.ts';

/** Bytes from which sending data to the worker costs less than the checksum. */
const worthSending = 64 * 1024;

/** A copy whose memory moves to the worker: the caller reuses its own. */
const copyOf = (data: Uint8Array): Uint8Array<ArrayBuffer> => data.slice() as Uint8Array<ArrayBuffer>;

/** Runs work in order. A failure does not stop what follows. */
function inOrder(): (work: () => Promise<void> | void) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** A CRC whose long data is processed in the worker. The page keeps the state, and continues itself if the worker fails. */
export function workerCrc(run: RunTask, algorithm: 'crc32' | 'crc32c'): Hasher {
  const local = algorithm === 'crc32' ? crc32 : crc32c;
  const queue = inOrder();
  let crc = 0;
  return {
    update: (data) =>
      queue(async () => {
        if (data.length < worthSending) {
          crc = local(data, crc);
          return;
        }
        const copy = copyOf(data);
        try {
          crc = await run('crc', { algorithm, crc, data: copy, webAssembly: isWebAssemblyAllowed() }, [copy.buffer]);
        } catch (error) {
          if (!(error instanceof WorkerLostError)) throw error;
          crc = local(data, crc);
        }
      }),
    updateBlob: (data) =>
      queue(async () => {
        crc = await run('crc', { algorithm, crc, data, webAssembly: isWebAssemblyAllowed() });
      }),
    async digest() {
      await queue(() => undefined);
      return crcHasher(local, crc).digest();
    },
  };
}

/** An MD5 in the worker; in the page if there is no worker when it starts. */
export function workerMd5(run: RunTask, hash: number): Hasher {
  const queue = inOrder();
  let local: Hasher | undefined;
  let begun = false;
  let failure: unknown;
  return {
    update: (data) =>
      queue(async () => {
        if (failure) throw failure;
        if (local) return local.update(data);
        const copy = copyOf(data);
        try {
          await run('md5', { hash, data: copy }, [copy.buffer]);
          begun = true;
        } catch (error) {
          if (begun || !(error instanceof WorkerLostError)) {
            // What was hashed in the worker is lost.
            failure = error;
            throw error;
          }
          local = createMd5();
          local.update(data);
        }
      }),
    async digest() {
      await queue(() => undefined);
      if (!begun) return (local ?? createMd5()).digest();
      return run('digest', { hash });
    },
  };
}
