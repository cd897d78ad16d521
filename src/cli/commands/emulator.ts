import {
  type Executor,
  pyodideExecutor,
  python3Executor,
  type ServedEmulator,
  type Started,
  serveEmulator,
} from '../../testing/index.ts';
import { type Command, choice, flag, number, text, texts, UsageError } from '../command.ts';
import type { OptionValues } from '../node.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../words.ts';

/** The port that KAGGLE_API_ENVIRONMENT=TEST stands for in the official clients. */
const testPort = 7777;

function chooseExecutor(values: OptionValues): Executor {
  const packages = text(values, 'packages');
  const fetchPackages = flag(values, 'fetch-packages');
  if (choice(values, 'executor', ['pyodide', 'python3']) !== 'python3') {
    return pyodideExecutor({ ...(packages !== undefined && { packages }), fetchPackages });
  }
  if (packages !== undefined || fetchPackages) {
    throw new UsageError('--packages and --fetch-packages are for the executor pyodide: python3 has what is installed');
  }
  return python3Executor();
}

/** What the emulator started with. */
function announceContents(terminal: Terminal, { kept, filled }: Started, { data, fixtures }: Places): void {
  const words = ({ datasets, kernels }: Started['kept']) =>
    `${counted(datasets, 'dataset')}, ${counted(kernels, 'kernel')}`;
  if (data !== undefined) terminal.print(`Loaded from ${data}: ${words(kept)}.`);
  if (fixtures !== undefined) terminal.print(`Added from ${fixtures}: ${words(filled)}.`);
}

/** Folders, as given. */
interface Places {
  data: string | undefined;
  fixtures: string | undefined;
}

function announce(terminal: Terminal, { url, storageUrl, emulator }: ServedEmulator, { data }: Places): void {
  const { username, token } = emulator.state.users[0]!;
  const port = Number(new URL(url).port || 80);
  const end =
    data === undefined
      ? 'Ctrl-C stops it and forgets all that is in it.'
      : `Ctrl-C stops it; its state stays in ${data}.`;
  terminal.print(`The emulator is at ${url} (storage at ${storageUrl}). ${end}`);
  terminal.print();
  terminal.print(`The user ${username}, for this command line and the examples:`);
  terminal.print(`  export KAGGLE_ENDPOINT=${url}`);
  terminal.print(`  export KAGGLE_API_TOKEN=${token}`);
  terminal.print(`in a program: createClient({ endpoint: '${url}', token: '${token}' })`);
  terminal.print();
  terminal.print("The official Python clients have no variable for an address, only for two of this machine's ports:");
  const test = '  export KAGGLE_API_ENVIRONMENT=TEST       # kagglesdk, kagglehub, kaggle-ts: port 7777';
  const local = '  export KAGGLE_API_ENVIRONMENT=LOCALHOST  # the kaggle command and the others: port 80';
  if (port === testPort) terminal.print(test);
  else if (port === 80) terminal.print(local);
  else
    terminal.print(
      '  neither is this one: use --port 7777 (kagglesdk, kagglehub) or --port 80 (the kaggle command too)',
    );
}

export const emulator: Command = {
  options: {
    port: { type: 'string' },
    'storage-port': { type: 'string' },
    host: { type: 'string' },
    packages: { type: 'string' },
    'fetch-packages': { type: 'boolean' },
    'allow-origin': { type: 'string', multiple: true },
    executor: { type: 'string' },
    fixtures: { type: 'string' },
    data: { type: 'string' },
    mounts: { type: 'string' },
    lag: { type: 'string' },
    processing: { type: 'string' },
  },
  help: `
Serves an emulator of Kaggle on this machine: uploads, datasets, and kernels that really run. It listens on loopback
only, and refuses what comes from web pages, since whoever can push a kernel can run code.

  --port N              the port of the API; default 7777, where KAGGLE_API_ENVIRONMENT=TEST looks; 0 for any free one
  --storage-port N      the port of the storage, an origin of its own as on Kaggle; default 0
  --host NAME           127.0.0.1 (default), localhost or ::1
  --executor NAME       what runs the kernels: pyodide (default; Python in WebAssembly, which sees none of your files),
                        or python3: that of this machine, WITH ALL YOUR RIGHTS: only for code that you trust
  --fixtures DIR        start with these users, datasets and kernels: DIR/users.json, DIR/datasets/OWNER/SLUG (files,
                        dataset-metadata.json), DIR/kernels/OWNER/SLUG (kernel-metadata.json, source, output/)
  --data DIR            keep the state in this folder across restarts; created if it does not exist
  --packages DIR        a folder of wheels that kernels may import (pyodide has the standard library only)
  --fetch-packages      fetch what kernels import from pyodide's download site
  --allow-origin O      an origin whose pages may call the emulator; may be given several times
  --mounts HOW          where kernels find their inputs: owner (default; /kaggle/input/datasets/OWNER/SLUG, as on
                        Kaggle today), legacy (/kaggle/input/SLUG), both
  --lag MS              from a push to its run; default 200
  --processing MS       how long a dataset version takes to be ready; default 500`,
  examples: [
    'kaggle-ts emulator',
    'kaggle-ts emulator --fixtures ./fixtures --data ./emulator-data',
    'kaggle-ts emulator --port 0 --packages ./wheels --allow-origin http://localhost:5173',
  ],
  async run({ values, terminal, signal }) {
    const host = text(values, 'host');
    if (host !== undefined && !['127.0.0.1', 'localhost', '::1'].includes(host)) {
      throw new UsageError(`the emulator runs code for whoever reaches it: loopback only, not ${host}`);
    }
    const places: Places = { data: text(values, 'data'), fixtures: text(values, 'fixtures') };
    const port = number(values, 'port', 65_535) ?? testPort;
    const options = {
      port,
      host,
      storagePort: number(values, 'storage-port', 65_535),
      executor: chooseExecutor(values),
      allowedOrigins: texts(values, 'allow-origin'),
      mounts: choice(values, 'mounts', ['owner', 'both', 'legacy']),
      lag: number(values, 'lag', 3_600_000),
      processing: number(values, 'processing', 3_600_000),
      ...places,
    };
    const served = await serveEmulator(options).catch((error: Error & { code?: string }) => {
      if (error.code === 'EADDRINUSE') throw new UsageError(`port ${port} is taken: pass another --port, or 0`);
      if (error.code === 'EACCES') throw new UsageError(`permission denied for port ${port}: pass another --port`);
      throw error;
    });
    announceContents(terminal, await served.emulator.ready, places);
    announce(terminal, served, places);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await served.close();
    terminal.print('The emulator has stopped.');
    return 0;
  },
};
