import { checkMembers } from '../../core/check-members.ts';
import { checkLanguage } from './language.ts';
import { compileInterpreter } from './library.ts';
import type { Executor } from './types.ts';
import { openWorker, type WorkerHandle } from './worker.ts';
import { runInWorker } from './worker-run.ts';

export interface PyodideOptions {
  /**
   * A folder of wheels: those of pyodide's own distribution are loaded when the kernel imports them, other pure Python
   * wheels are put on the import path.
   */
  packages?: string | undefined;
  /** Fetches the packages that the kernel imports from pyodide's download site. Default false: nothing is fetched. */
  fetchPackages?: boolean | undefined;
  /** Keeps one interpreter started for the next run: quicker in tests, some 200 MB more. Default false. */
  spare?: boolean | undefined;
}

/**
 * CPython in WebAssembly (the npm package `pyodide`, an optional peer), in a worker of its own so that the server goes on
 * answering. Each run has a fresh interpreter, a file system in memory, and a global scope without anything of the host:
 * no commands, files, sockets, environment or standard input of this machine. docs/emulator.md says what that is worth.
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
    // Bun's engine shares nothing. What keeps it from being read is said by the worker.
    if (!('Bun' in globalThis)) compiled ??= compileInterpreter().catch(() => undefined);
    await compiled;
    const worker = await openWorker(import.meta.url.replace(/pyodide\.(ts|js)$/, 'pyodide-worker.$1'));
    worker.post({ type: 'start', packages, fetchPackages: options.fetchPackages ?? false });
    return worker;
  };

  async function take(): Promise<WorkerHandle> {
    const ready = spare ?? open();
    // The next one starts while this one runs.
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

/** A path as the worker can use it, from wherever it was started. */
function absolute(folder: string): string {
  const { process } = globalThis as { process?: { cwd(): string } };
  const path = folder.replace(/[/\\]+$/, '');
  return /^([/\\]|[A-Za-z]:)/.test(path) || !process ? path : `${process.cwd()}/${path}`;
}
