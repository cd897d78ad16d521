import { checkMembers } from '../../core/check-members.ts';
import { checkLanguage } from './language.ts';
import { compileInterpreter } from './library.ts';
import type { Executor } from './types.ts';
import { openWorker, type WorkerHandle } from './worker.ts';
import { runInWorker } from './worker-run.ts';

/** Options of `pyodideExecutor`. */
export interface PyodideOptions {
  /**
   * Path of a folder of wheels. Wheels of pyodide's distribution are loaded when a kernel imports them; other pure
   * Python wheels are always on the import path.
   * @default none: kernels have Python's standard library only
   */
  packages?: string | undefined;
  /**
   * Whether to download the packages that a kernel imports from pyodide's CDN.
   * @default false
   */
  fetchPackages?: boolean | undefined;
  /**
   * Whether to start the next interpreter while a kernel runs. Saves seconds for each run, and takes about 200 MB more.
   * @default false
   */
  spare?: boolean | undefined;
}

/**
 * Runs kernels in CPython compiled to WebAssembly, by the npm package `pyodide` (an optional peer dependency). This is
 * the default executor.
 *
 * Each run has its own interpreter in a worker, with a file system in memory (up to 2 GiB). A kernel cannot reach
 * commands, files, sockets, environment variables or standard input of this machine, but this is not a security
 * sandbox: see "Isolation" in docs/emulator.md. Accelerators, threads and subprocesses are not available. Works on
 * Node, Deno and Bun.
 *
 * @param options - All are optional.
 * @throws `ValidationError` if an option is invalid.
 *
 * @example
 * ```ts
 * import { createEmulator, pyodideExecutor } from 'kaggle-ts/testing';
 *
 * const emulator = createEmulator({ executor: pyodideExecutor({ packages: './wheels', spare: true }) });
 * ```
 */
export function pyodideExecutor(options: PyodideOptions = {}): Executor {
  checkMembers('pyodideExecutor', options, {
    packages: 'a string',
    fetchPackages: 'true or false',
    spare: 'true or false',
  });
  let spare: Promise<WorkerHandle> | undefined;
  let closed = false;
  let compiled: Promise<object | undefined> | undefined;
  const packages = options.packages === undefined ? undefined : absolute(options.packages);
  const open = async () => {
    // Bun does not share compiled code. A failure is reported by the worker, which reads the same file.
    if (!('Bun' in globalThis)) compiled ??= compileInterpreter().catch(() => undefined);
    await compiled;
    const worker = await openWorker(import.meta.url.replace(/pyodide\.(ts|js)$/, 'pyodide-worker.$1'));
    worker.post({ type: 'start', packages, fetchPackages: options.fetchPackages ?? false });
    return worker;
  };

  async function take(): Promise<WorkerHandle> {
    const ready = spare ?? open();
    // Starts the next interpreter while this one runs.
    spare = options.spare && !closed ? open() : undefined;
    return ready;
  }

  return {
    announcesStart: true,
    async run(job) {
      checkLanguage(job);
      const worker = await take();
      try {
        return await runInWorker(worker, job);
      } finally {
        await worker.terminate();
      }
    },
    async close() {
      closed = true;
      compiled = undefined;
      const waiting = spare;
      spare = undefined;
      await (await waiting)?.terminate();
    },
  };
}

/** The absolute path, as the worker may have another current directory. */
function absolute(folder: string): string {
  const { process } = globalThis as { process?: { cwd(): string } };
  const path = folder.replace(/[/\\]+$/, '');
  return /^([/\\]|[A-Za-z]:)/.test(path) || !process ? path : `${process.cwd()}/${path}`;
}
