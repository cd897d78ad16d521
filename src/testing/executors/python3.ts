import { checkMembers } from '../../core/check-members.ts';
import { KaggleError } from '../../core/errors.ts';
import { checkNames } from '../../core/transfer/names.ts';
import { loadNode, type NodeChild, type NodeHost } from '../runtime-modules.ts';
import { checkLanguage } from './language.ts';
import { type LeftOut, leftOutWords, link, notAFile, notUnicode, removed } from './left-out.ts';
import { harness, type KernelSettings } from './python/harness.ts';
import type { Executor, Job, JobResult } from './types.ts';

/** Options of `python3Executor`. */
export interface Python3Options {
  /**
   * Name or path of the Python program.
   * @default 'python3'
   */
  command?: string | undefined;
}

/** Milliseconds after an interrupt until the kernel is killed. */
const grace = 2000;

/** Milliseconds to wait for output that was written before the end. */
const drain = 500;

const folders = /\/kaggle\/(?=(?:input|working|src|temp)\b)/g;

/**
 * Runs kernels with the Python of this machine: with its packages, its speed, and **all rights of the current user**.
 * Use it only for code that you trust. Works on Node, Deno and Bun.
 *
 * A temporary folder stands for `/kaggle`: the paths `/kaggle/input`, `/kaggle/working`, `/kaggle/src` and
 * `/kaggle/temp` in the source are replaced by its path. A run with an input file whose name leaves its folder fails
 * with `ValidationError` before anything is written.
 *
 * @param options - All are optional.
 * @throws `ValidationError` if an option is invalid.
 *
 * @example
 * ```ts
 * import { createEmulator, python3Executor } from 'kaggle-ts/testing';
 *
 * const emulator = createEmulator({ executor: python3Executor({ command: '.venv/bin/python' }) });
 * ```
 */
export function python3Executor(options: Python3Options = {}): Executor {
  checkMembers('python3Executor', options, { command: 'a string' });
  const { command = 'python3' } = options;
  return {
    async run(job) {
      checkLanguage(job);
      const host = await loadNode();
      const root = await host.files.mkdtemp(`${host.tmpdir()}/kaggle-emulator-`);
      try {
        await prepare(host, root, job);
        const child = host.spawn(command, ['-u', `${root}/run.py`], environment(host, root, job));
        const ending = await execute(child, job).catch((cause: Error) => {
          throw new KaggleError(
            `cannot start "${command}": ${cause.message}; install Python 3, or pass its path: python3Executor({ command })`,
            {
              cause,
            },
          );
        });
        job.onCollect?.();
        const reported = await host.files.readFile(`${root}/failure`).then(text, () => undefined);
        if (ending !== undefined && !job.signal.aborted) job.onOutput('stderr', `${ending}\n`);
        const failureMessage =
          ending ?? (reported === '' ? undefined : (reported ?? 'the interpreter exited before the kernel finished'));
        const { found, leftOut } = await collectOutput(host.files, root);
        if (leftOut.length > 0) job.onOutput('stderr', leftOutWords(leftOut));
        return { files: found, ...(failureMessage && { failureMessage }) };
      } finally {
        await unlock(host, root);
        // Folders that exceed the maximum length of a path cannot be removed.
        await host.files.rm(root, { recursive: true, force: true }).catch((error: Error & { code?: string }) => {
          job.onOutput(
            'stderr',
            `emulator: cannot remove the temporary folder ${root}: ${error.code ?? error.message}; remove it yourself\n`,
          );
        });
      }
    },
  };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function prepare({ files }: NodeHost, root: string, job: Job): Promise<void> {
  // Uploaded files may have any name, and here the names become paths of this machine.
  for (const input of job.inputs) checkNames(input.files.map(({ name }) => `${input.mount}/${name}`));
  for (const name of ['input', 'working', 'src', 'temp']) await files.mkdir(`${root}/${name}`, { recursive: true });
  for (const { mount, files: contents } of job.inputs) {
    for (const { name, data } of contents) {
      const path = `${root}/input/${mount}/${name}`;
      await files.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await files.writeFile(path, data);
      await files.chmod(path, 0o444);
    }
  }
  for (const folder of await below(files, `${root}/input`)) await files.chmod(folder, 0o555);
  // This also works for notebooks: a path is the same in JSON.
  await files.writeFile(`${root}/kernel`, job.text.replaceAll(folders, `${root}/`));
  const mounts = job.inputs.map(({ mount }) => mount);
  const settings: KernelSettings = { kernelType: job.kernelType, root, mounts };
  await files.writeFile(
    `${root}/run.py`,
    `${harness}
settings = ${JSON.stringify(JSON.stringify(settings))}
root = json.loads(settings)['root']
_open = open
failure = run_kernel(open(root + '/kernel', encoding='utf-8').read(), settings)
with _open(root + '/failure', 'w', encoding='utf-8', errors='backslashreplace') as file:
    file.write(failure)
`,
  );
}

/**
 * The environment of the program: the variables of the run, and those of this machine that a program needs to start.
 */
function environment(host: NodeHost, root: string, { env }: Job): Record<string, string | undefined> {
  const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll(folders, `${root}/`)]);
  return { ...host.environment(), ...Object.fromEntries(own), KAGGLE_ROOT: root };
}

/** Waits for the end of the program, and resolves to the reason if it failed. Rejects if it could not be started. */
function execute(child: NodeChild, job: Job): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let killer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      child.kill('SIGINT');
      killer = setTimeout(() => child.kill('SIGKILL'), grace);
    };
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new TextDecoder();
      child[name].on('data', (chunk) => {
        for (const line of decoder.decode(chunk, { stream: true }).split(/(?<=\n)/)) if (line) job.onOutput(name, line);
      });
    }
    const finish = () => {
      clearTimeout(killer);
      job.signal.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    const end = (code: number | null, signal: string | null) => {
      finish();
      child.stdout.destroy();
      child.stderr.destroy();
      const ending = code ? `exit code ${code}` : signal ? `the interpreter was killed by ${signal}` : undefined;
      resolve(job.signal.aborted ? String((job.signal.reason as Error).message) : ending);
    };
    child.on('close', end);
    // Child processes of the kernel may outlive it and keep its output open.
    child.on('exit', (code, signal) => void setTimeout(end, drain, code, signal));
    if (job.signal.aborted) stop();
    else job.signal.addEventListener('abort', stop, { once: true });
  });
}

/** A folder and all its subfolders, the deepest first. */
async function below(files: NodeHost['files'], folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await files.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) found.push(...(await below(files, `${folder}/${entry.name}`)));
  }
  return [...found, folder];
}

/** Makes folders writable again, so that they can be removed. */
async function unlock({ files }: NodeHost, folder: string): Promise<void> {
  await files.chmod(folder, 0o755).catch(() => {});
  for (const entry of await files.readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await unlock({ files } as NodeHost, `${folder}/${entry.name}`);
  }
}

interface Collected {
  found: JobResult['files'];
  /** Entries that are not regular files, or cannot be read. */
  leftOut: LeftOut[];
}

/** Collects the output files. The kernel may have replaced the folder by something else. */
async function collectOutput(files: NodeHost['files'], root: string): Promise<Collected> {
  const places = await files.readdir(root, { withFileTypes: true }).catch(() => []);
  const working = places.find(({ name }) => name === 'working');
  if (working?.isDirectory()) return collect(files, `${root}/working`, '');
  return { found: [], leftOut: [{ name: '/kaggle/working', why: working?.isSymbolicLink() ? link : removed }] };
}

async function collect(files: NodeHost['files'], folder: string, prefix: string): Promise<Collected> {
  const found: JobResult['files'] = [];
  const leftOut: LeftOut[] = [];
  const entries = await files.readdir(folder, { withFileTypes: true }).catch((error: { code?: string }) => {
    leftOut.push({ name: prefix, why: error.code ?? String(error) });
    return [];
  });
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    const name = prefix + entry.name;
    try {
      if (entry.isSymbolicLink()) leftOut.push({ name, why: link });
      else if (entry.isDirectory()) {
        const below = await collect(files, path, `${name}/`);
        found.push(...below.found);
        leftOut.push(...below.leftOut);
      } else if (entry.isFile()) found.push({ name, data: new Uint8Array(await files.readFile(path)) });
      else leftOut.push({ name, why: notAFile });
    } catch (error) {
      const { code } = error as { code?: string };
      leftOut.push({ name, why: code === 'ENOENT' && name.includes('\ufffd') ? notUnicode : (code ?? String(error)) });
    }
  }
  return { found, leftOut };
}
