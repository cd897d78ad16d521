import { KaggleError } from '../core/errors.ts';
import { checkNames } from '../core/transfer/names.ts';
import { harness } from '../testing/executors/harness.ts';
import type { Executor, Job, JobResult } from '../testing/index.ts';
import { builtin, type Child, node } from './node.ts';
import { redirectPaths } from './python-host.ts';

/** Milliseconds that a kernel that was told to stop has before it is killed. */
const grace = 2000;

/** What the kernel's process inherits: nothing that could be a secret. */
function environment(base: string): Record<string, string> {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'VIRTUAL_ENV', 'PYTHONPATH'];
  const own = { PYTHONUNBUFFERED: '1', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1', KAGGLE_TS_HOST: base };
  return {
    ...Object.fromEntries(kept.flatMap((name) => (node.env[name] === undefined ? [] : [[name, node.env[name]]]))),
    ...own,
  };
}

/** The program: the redirection, the harness, and where its verdict goes. */
function program(base: string, kernelType: string): string {
  const place = JSON.stringify(base);
  return `${redirectPaths}
import linecache
_text = open(${place} + '/kernel', encoding='utf-8').read()
exec(compile(${JSON.stringify(harness)}, '<harness>', 'exec'), globals())
_failure = run_kernel(_text, ${JSON.stringify(kernelType)})
open(${place} + '/verdict', 'w', encoding='utf-8').write(_failure)
`;
}

async function lay(base: string, { inputs, text, kernelType }: Job): Promise<void> {
  const fs = builtin('node:fs/promises');
  const { dirname, join } = builtin('node:path');
  for (const { mount, files } of inputs) {
    // What was uploaded may have any name; here it becomes a path of this machine.
    checkNames(files.map(({ name }) => `${mount}/${name}`));
    await fs.mkdir(join(base, 'kaggle/input', mount), { recursive: true });
    for (const { name, data } of files) {
      const path = join(base, 'kaggle/input', mount, name);
      await fs.mkdir(dirname(path), { recursive: true });
      await fs.writeFile(path, data);
    }
  }
  for (const folder of ['kaggle/input', 'kaggle/working', 'root'])
    await fs.mkdir(join(base, folder), { recursive: true });
  await fs.writeFile(join(base, 'kernel'), text);
  await fs.writeFile(join(base, 'main.py'), program(base, kernelType));
}

async function collect(folder: string): Promise<JobResult['files']> {
  const fs = builtin('node:fs/promises');
  const files: JobResult['files'] = [];
  for (const name of await fs.readdir(folder, { recursive: true, encoding: 'utf8' })) {
    const path = builtin('node:path').join(folder, name);
    if (!(await fs.stat(path)).isFile()) continue;
    files.push({ name: name.replaceAll('\\', '/'), data: new Uint8Array(await fs.readFile(path)) });
  }
  return files;
}

async function forward(stream: AsyncIterable<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}

/** Resolves to what ended the process, `undefined` if it ended by itself with 0. */
async function ended(child: Child, job: Job): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), grace);
  };
  if (job.signal.aborted) stop();
  else job.signal.addEventListener('abort', stop, { once: true });
  const end = new Promise<string | undefined>((resolve, reject) => {
    child.on('error', (error) => reject(new KaggleError(`python3 cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `python3 ended with ${signal ?? code}`));
  });
  try {
    const output = Promise.all([
      forward(child.stdout, (text) => job.onOutput('stdout', text)),
      forward(child.stderr, (text) => job.onOutput('stderr', text)),
    ]);
    const [why] = await Promise.all([end, output]);
    return job.signal.aborted ? String((job.signal.reason as Error)?.message ?? 'stopped') : why;
  } finally {
    clearTimeout(timer);
    job.signal.removeEventListener('abort', stop);
  }
}

/**
 * Runs kernels with the machine's `python3`, each as a process in a temporary folder that stands for /kaggle. The kernel
 * has all rights of the user who runs this: only for code that one trusts, and only where it was asked for by name.
 */
export function pythonExecutor(): Executor {
  return {
    async run(job) {
      if (job.language !== 'python') throw new KaggleError(`the emulator runs Python only, not ${job.language}`);
      const fs = builtin('node:fs/promises');
      const { join } = builtin('node:path');
      const base = await fs.mkdtemp(join(builtin('node:os').tmpdir(), 'kaggle-ts-run-'));
      try {
        await lay(base, job);
        const cwd = join(base, 'kaggle/working');
        const { spawn } = builtin('node:child_process');
        const child = spawn('python3', [join(base, 'main.py')], {
          cwd,
          env: environment(base),
          stdio: 'pipe',
          detached: false,
        });
        child.stdin.end();
        const why = await ended(child, job);
        const verdict = await fs.readFile(join(base, 'verdict')).catch(() => undefined);
        const failureMessage = why ?? (verdict && new TextDecoder().decode(verdict)) ?? 'python3 left no verdict';
        return { files: await collect(cwd), ...(failureMessage !== '' && { failureMessage }) };
      } finally {
        await fs.rm(base, { recursive: true, force: true });
      }
    },
  };
}
