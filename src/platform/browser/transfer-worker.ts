import type { HashAlgorithm, Hasher, PartialSink } from '../../core/platform.ts';
import { connectWorker } from './worker/connection.ts';
import { workerCrc, workerMd5 } from './worker/hasher.ts';
import { workerPartial } from './worker/partial.ts';

/** Options of `transferWorker`. */
export interface TransferWorkerOptions {
  /** Called when the worker cannot be started or has ended. @default Logs a warning. */
  onError?: ((error: Error) => void) | undefined;
}

/** A worker that computes checksums and writes downloads, for `browserPlatform({ worker })` and `opfs(path, { worker })`. */
export interface TransferWorker {
  /** As in `Platform`. */
  readonly hasher: (algorithm: HashAlgorithm) => Hasher | undefined;
  /** As in `FileSystem`, for `path` below `root`. */
  partial(root: FileSystemDirectoryHandle, path: string): Promise<PartialSink>;
  /** Ends the worker. A later use starts it again. */
  close(): void;
}

/**
 * Moves checksums and writes to the origin private file system from the main thread to a worker. With it, downloads to `opfs()`
 * resume after a reload or a crash. The worker starts at the first use.
 *
 * If it cannot be started, transfers work without it: checksums are computed in the page, and downloads start over after a reload.
 *
 * @param create - Creates the worker from the file `kaggle-ts/browser/worker`, which the server of the page must serve.
 * @example
 * ```ts
 * import { browserPlatform, createClient, opfs, transferWorker } from 'kaggle-ts/browser';
 *
 * const worker = transferWorker(
 *   () => new Worker(new URL('kaggle-ts/browser/worker', import.meta.url), { type: 'module' }),
 * );
 * const platform = browserPlatform({ worker, fs: opfs('kaggle', { worker }) });
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy', platform });
 * ```
 */
export function transferWorker(
  create: () => Worker,
  { onError = warnOnce() }: TransferWorkerOptions = {},
): TransferWorker {
  const { run, close } = connectWorker(create, onError);
  let last = 0;
  return {
    hasher(algorithm) {
      // The browser computes SHA-256 in the background itself.
      if (algorithm === 'sha256') return undefined;
      return algorithm === 'md5' ? workerMd5(run, ++last) : workerCrc(run, algorithm);
    },
    partial: (root, path) => workerPartial(run, ++last, root, path),
    close,
  };
}

function warnOnce(): (error: Error) => void {
  let warned = false;
  return ({ message }) => {
    if (!warned) console.warn(`${message}; transfers use the main thread`);
    warned = true;
  };
}
