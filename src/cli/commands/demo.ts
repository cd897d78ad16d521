import type { KaggleClient } from '../../core/rpc/client.ts';
import { createClient } from '../../node.ts';
import { createOrVersion } from '../../services/datasets/index.ts';
import { type ServedEmulator, serveEmulator } from '../../testing/index.ts';
import { cleanUpDataset, cleanUpKernel } from '../cleanup.ts';
import { entryOption, paramsOption, readCode, readParams } from '../code.ts';
import { type Command, flag, text, UsageError } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectOptions, wantedEndpoint } from '../connect.ts';
import { printContents } from '../contents.ts';
import { missingInterpreter } from '../interpreter.ts';
import { runJob } from '../job.ts';
import { joinSlug, randomSuffix, titleOf } from '../names.ts';
import { builtin, type OptionValues } from '../node.ts';
import { showProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { pyodideFor } from '../wheels.ts';
import { inWords } from '../words.ts';

/** The path of an example, which the package contains. */
async function example(name: string, option: string): Promise<string> {
  const path = builtin('node:url').fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  if (
    await builtin('node:fs/promises')
      .stat(path)
      .catch(() => undefined)
  )
    return path;
  throw new UsageError(`the sample files of kaggle-ts are missing (${path}); pass ${option}`);
}

interface Server {
  client: KaggleClient;
  /** The emulator, if the demo started one. */
  served: ServedEmulator | undefined;
}

async function openServer(values: OptionValues, terminal: Terminal): Promise<Server> {
  if (wantedEndpoint(values) !== undefined) {
    if (text(values, 'packages') !== undefined || flag(values, 'fetch-packages')) {
      throw new UsageError(
        '--packages and --fetch-packages apply to the emulator only; remove them, or remove --endpoint and KAGGLE_ENDPOINT',
      );
    }
    return { client: connect(values, terminal), served: undefined };
  }
  const missing = await missingInterpreter('demo');
  if (missing !== undefined) throw new Error(missing);
  const served = await serveEmulator({ executor: await pyodideFor(values) });
  terminal.print(`Started a Kaggle emulator at ${served.url}`);
  const client = createClient({
    endpoint: served.url,
    token: served.emulator.state.users[0]!.token,
    ...(flag(values, 'verbose') && { verbose: (line: string) => terminal.note(line) }),
  });
  return { client, served };
}

export const demo: Command = {
  options: {
    data: { type: 'string', value: 'PATH', help: 'Folder or file to upload as a dataset (default: the sample data)' },
    script: {
      type: 'string',
      value: 'PATH',
      help: 'Script, notebook or folder to run (default: the sample script)',
    },
    entry: entryOption,
    params: paramsOption,
    out: { type: 'string', value: 'DIR', help: 'Folder for the output files (default: a new temporary folder)' },
    packages: { type: 'string', value: 'DIR', help: 'Emulator: folder of wheels that the kernel can import' },
    'fetch-packages': {
      type: 'boolean',
      help: "Emulator: download the packages that the kernel imports from pyodide's site",
    },
    keep: {
      type: 'boolean',
      help: 'Keep the dataset and the kernel; an emulator keeps running until Ctrl-C',
    },
    yes: { type: 'boolean', short: 'y', help: 'Do not ask for confirmation, with --endpoint' },
    ...connectOptions,
    endpoint: {
      type: 'string',
      value: 'URL',
      help: 'URL of the server (default: KAGGLE_ENDPOINT, else a local emulator, started for the demo)',
    },
  },
  help: `
Run a complete job on sample data, or on your own: upload files as a dataset, push a Python kernel that reads them, follow its
log while it runs, download its output files and print them.

Without --endpoint this runs on a local emulator, which needs no account. Its Python has the standard library only, unless you
pass --packages or --fetch-packages.`,
  examples: [
    'kaggle-ts demo',
    'kaggle-ts demo --data ./my-data --script ./train.py --out ./results',
    'kaggle-ts demo --script ./job --entry main.py --params \'{"epochs": 3}\'',
    'kaggle-ts demo --endpoint http://localhost:7777 --yes',
  ],
  async run({ values, terminal, signal }) {
    const { basename, join, resolve } = builtin('node:path');
    const data = resolve(text(values, 'data') ?? (await example('data', '--data')));
    const script = resolve(text(values, 'script') ?? (await example('kernel/train.py', '--script')));
    const fs = builtin('node:fs/promises');
    if (!(await fs.stat(data).catch(() => undefined))) throw new UsageError(`no such file or folder: "${data}"`);
    const code = { ...(await readCode(script, text(values, 'entry'))), ...(await readParams(text(values, 'params'))) };
    const { client, served } = await openServer(values, terminal);
    const cleanUp: (() => Promise<unknown>)[] = [];
    try {
      const owner = await client.whoAmI({ signal });
      // On another server a random suffix avoids names that exist.
      const suffix = served ? '' : randomSuffix();
      const slug = joinSlug('demo', basename(data).replace(/\.\w+$/, ''), suffix);
      const job = joinSlug('demo-run', basename(script).replace(/\.\w+$/, ''), suffix);
      if (!served) {
        const what = `the private dataset ${owner}/${slug} and the private kernel ${owner}/${job}`;
        await confirm(`This creates ${what} at ${client.baseUrl}.`, values, terminal, signal);
      }

      terminal.print(`Uploading ${data} as the dataset ${owner}/${slug}`);
      const title = titleOf(slug);
      const request = { owner, slug, title, files: [data], isPrivate: true, notes: 'Created by the kaggle-ts demo' };
      cleanUp.push(() => cleanUpDataset(client, owner, slug));
      const dataset = await createOrVersion(client, request, {
        signal,
        onProgress: showProgress(terminal, 'uploaded'),
      });
      if (dataset.leftOut.length > 0) terminal.print(`Skipped: ${dataset.leftOut.join(', ')}`);
      const { versionNumber } = await dataset.ready({ signal });
      terminal.print(`Version ${versionNumber} is ready; kernels find it in /kaggle/input/datasets/${owner}/${slug}`);

      terminal.print();
      terminal.print(`Pushing ${script} as the kernel ${owner}/${job}`);
      const out = text(values, 'out') ?? (await fs.mkdtemp(join(builtin('node:os').tmpdir(), 'kaggle-ts-demo-')));
      const pushed = {
        ...code,
        slug: `${owner}/${job}`,
        newTitle: titleOf(job),
        isPrivate: true,
        enableInternet: false,
        datasetDataSources: [dataset.ref],
        output: out,
      };
      cleanUp.push(() => cleanUpKernel(client, `${owner}/${job}`));
      const schedule = served ? { first: 0.3, longest: 1 } : undefined;
      const options = { signal, schedule, cancelOnAbort: !served };
      const result = await runJob(client, pushed, terminal, options, served !== undefined || !flag(values, 'keep'));
      if (!result) return 1;
      terminal.print(`Output saved to ${resolve(out)}`);
      await printContents(result.files, `${job}.log`, terminal);
      if (flag(values, 'keep') && served) await waitForInterrupt(served, terminal, signal);
      return 0;
    } finally {
      if (served) await served.close();
      else if (!flag(values, 'keep')) for (const undo of cleanUp.reverse()) await runCleanup(undo, terminal);
    }
  },
};

/** Waits for Ctrl-C, which is not a failure here. */
async function waitForInterrupt(
  { url, emulator }: ServedEmulator,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  terminal.print();
  terminal.print(
    `The emulator is still running at ${url} (KAGGLE_API_TOKEN=${emulator.state.users[0]!.token}). Press Ctrl-C to stop it.`,
  );
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function runCleanup(undo: () => Promise<unknown>, terminal: Terminal): Promise<void> {
  try {
    await undo();
  } catch (error) {
    terminal.note(`cleanup failed: ${inWords(error)}`);
  }
}
