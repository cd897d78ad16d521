import type { KaggleClient } from '../../core/rpc/client.ts';
import { createClient } from '../../node.ts';
import { createOrVersion } from '../../services/datasets/index.ts';
import { pyodideExecutor, type ServedEmulator, serveEmulator } from '../../testing/index.ts';
import { cleanUpDataset, cleanUpKernel } from '../cleanup.ts';
import { readCode, readParams } from '../code.ts';
import { type Command, flag, text, UsageError } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions, wantedEndpoint } from '../connect.ts';
import { printContents } from '../contents.ts';
import { runJob } from '../job.ts';
import { joinSlug, randomSuffix, titleOf } from '../names.ts';
import { builtin, type OptionValues } from '../node.ts';
import { showProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { inWords } from '../words.ts';

/** A file of the examples, which come with the package, too. */
async function example(name: string, option: string): Promise<string> {
  const path = builtin('node:url').fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  if (
    await builtin('node:fs/promises')
      .stat(path)
      .catch(() => undefined)
  )
    return path;
  throw new UsageError(`the sample files of kaggle-ts are not there (${path}): pass ${option}`);
}

interface Server {
  client: KaggleClient;
  /** The emulator, if it is one of our own. */
  served: ServedEmulator | undefined;
}

async function openServer(values: OptionValues, terminal: Terminal): Promise<Server> {
  const packages = text(values, 'packages');
  if (wantedEndpoint(values) !== undefined) {
    if (packages !== undefined || flag(values, 'fetch-packages')) {
      throw new UsageError(
        '--packages and --fetch-packages are for the emulator: another server has packages of its own',
      );
    }
    return { client: connect(values, terminal), served: undefined };
  }
  const executor = pyodideExecutor({
    ...(packages !== undefined && { packages }),
    fetchPackages: flag(values, 'fetch-packages'),
  });
  const served = await serveEmulator({ executor });
  terminal.print(`Emulator of Kaggle at ${served.url}`);
  const client = createClient({
    endpoint: served.url,
    token: served.emulator.state.users[0]!.token,
    ...(flag(values, 'verbose') && { verbose: (line: string) => terminal.note(line) }),
  });
  return { client, served };
}

export const demo: Command = {
  options: {
    ...connectOptions,
    data: { type: 'string' },
    script: { type: 'string' },
    entry: { type: 'string' },
    params: { type: 'string' },
    out: { type: 'string' },
    packages: { type: 'string' },
    'fetch-packages': { type: 'boolean' },
    keep: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
  },
  help: `
The whole job: the files of a folder become a dataset, a Python kernel is pushed and really runs, its log appears while
it runs, its output files are fetched, and what they hold is printed. Without --endpoint an emulator is started for it,
where Python has the standard library.

  --data DIR         the folder (or the file) that becomes the dataset; default: the sample data
  --script PATH      the script, notebook, or folder of modules that runs; default: the sample script
  --entry NAME       which file of the folder runs; default main.py, train.py or the only one
  --params JSON      parameters: from kaggle_params import params
  --out DIR          where the output files go; default: a new temporary folder
  --packages DIR     a folder of wheels that the kernel may import
  --fetch-packages   fetch what the kernel imports from pyodide's download site
  --keep             leave the dataset and the kernel; the emulator then keeps running until Ctrl-C
  --yes, -y          with --endpoint: do not ask before creating something there
${connectHelp.replace(/default: the variable KAGGLE_ENDPOINT, else Kaggle/, 'default: KAGGLE_ENDPOINT, else an emulator of its own')}`,
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
    if (!(await fs.stat(data).catch(() => undefined))) throw new UsageError(`there is no file or folder "${data}"`);
    const code = { ...(await readCode(script, text(values, 'entry'))), ...(await readParams(text(values, 'params'))) };
    const { client, served } = await openServer(values, terminal);
    const cleanUp: (() => Promise<unknown>)[] = [];
    try {
      const owner = await client.whoAmI({ signal });
      // On a server that is not ours a random name keeps what is there already.
      const suffix = served ? '' : randomSuffix();
      const slug = joinSlug('demo', basename(data).replace(/\.\w+$/, ''), suffix);
      const job = joinSlug('demo-run', basename(script).replace(/\.\w+$/, ''), suffix);
      if (!served) {
        const what = `the private dataset ${owner}/${slug} and the private kernel ${owner}/${job}`;
        await confirm(`This creates ${what} at ${client.baseUrl}.`, values, terminal, signal);
      }

      terminal.print(`Dataset ${owner}/${slug} from ${data}`);
      const title = titleOf(slug);
      const request = { owner, slug, title, files: [data], isPrivate: true, notes: 'made by the demo of kaggle-ts' };
      cleanUp.push(() => cleanUpDataset(client, owner, slug));
      const dataset = await createOrVersion(client, request, { signal, onProgress: showProgress(terminal, 'sent') });
      if (dataset.leftOut.length > 0) terminal.print(`Left out: ${dataset.leftOut.join(', ')}`);
      const { versionNumber } = await dataset.ready({ signal });
      terminal.print(
        `Version ${versionNumber} is ready; the kernel finds it in /kaggle/input/datasets/${owner}/${slug}`,
      );

      terminal.print();
      terminal.print(`Kernel ${owner}/${job} from ${script}`);
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
      terminal.print(`The output is in ${resolve(out)}`);
      await printContents(result.files, `${job}.log`, terminal);
      if (flag(values, 'keep') && served) await stay(served, terminal, signal);
      return 0;
    } finally {
      if (served) await served.close();
      else if (!flag(values, 'keep')) for (const undo of cleanUp.reverse()) await tidy(undo, terminal);
    }
  },
};

/** Keeps the emulator until Ctrl-C, which then is no failure. */
async function stay({ url, emulator }: ServedEmulator, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.print();
  terminal.print(
    `The emulator keeps running at ${url} (KAGGLE_API_TOKEN=${emulator.state.users[0]!.token}); Ctrl-C stops it.`,
  );
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function tidy(undo: () => Promise<unknown>, terminal: Terminal): Promise<void> {
  try {
    await undo();
  } catch (error) {
    terminal.note(`could not delete it: ${inWords(error)}`);
  }
}
