import { isKaggleError } from '../../core/errors.ts';
import {
  type Executor,
  type InitialContent,
  python3Executor,
  type ServedEmulator,
  serveEmulator,
} from '../../testing/index.ts';
import { type Command, choice, flag, number, text, texts, UsageError } from '../command.ts';
import { nameFlag, withoutVerb } from '../flags.ts';
import { missingInterpreter } from '../interpreter.ts';
import type { OptionValues } from '../node.ts';
import type { Terminal } from '../terminal.ts';
import { pyodideFor } from '../wheels.ts';
import { counted } from '../words.ts';

/** The port that KAGGLE_API_ENVIRONMENT=TEST stands for in the official clients. */
const testPort = 7777;

async function chooseExecutor(values: OptionValues): Promise<Executor> {
  if (choice(values, 'executor', ['pyodide', 'python3']) !== 'python3') return pyodideFor(values);
  if (text(values, 'packages') !== undefined || flag(values, 'fetch-packages')) {
    throw new UsageError(
      '--packages and --fetch-packages require --executor pyodide; python3 imports the packages that are installed for it',
    );
  }
  return python3Executor();
}

/** Prints what the emulator starts with. */
function announceContents(terminal: Terminal, { loaded, added }: InitialContent, { data, fixtures }: Places): void {
  const words = ({ datasets, kernels }: InitialContent['loaded']) =>
    `${counted(datasets, 'dataset')}, ${counted(kernels, 'kernel')}`;
  if (data !== undefined) terminal.print(`Loaded from ${data}: ${words(loaded)}.`);
  if (fixtures !== undefined) terminal.print(`Added from ${fixtures}: ${words(added)}.`);
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
      ? 'Press Ctrl-C to stop it and discard its state.'
      : `Press Ctrl-C to stop it; its state is kept in ${data}.`;
  terminal.print(`Emulator running at ${url} (storage at ${storageUrl}). ${end}`);
  terminal.print();
  terminal.print(`To use it as ${username} with this command line and the examples:`);
  terminal.print(`  export KAGGLE_ENDPOINT=${url}`);
  terminal.print(`  export KAGGLE_API_TOKEN=${token}`);
  terminal.print(`In a program: createClient({ endpoint: '${url}', token: '${token}' })`);
  terminal.print();
  if (port === testPort) terminal.print('For createClient() without options, kagglesdk and kagglehub:');
  else if (port === 80)
    terminal.print('For createClient() without options, kagglesdk, kagglehub and the kaggle command:');
  else {
    const ports = '--port 7777 (kagglesdk, kagglehub) or --port 80 (these and the kaggle command)';
    terminal.print(`The official Python clients use fixed ports only; pass ${ports}.`);
    return;
  }
  terminal.print(`  export KAGGLE_API_ENVIRONMENT=${port === testPort ? 'TEST' : 'LOCALHOST'}`);
}

export const emulator: Command = {
  options: {
    port: {
      type: 'string',
      value: 'PORT',
      help: 'Port of the API; 0 for any free port (default: 7777, the port of KAGGLE_API_ENVIRONMENT=TEST)',
    },
    'storage-port': {
      type: 'string',
      value: 'PORT',
      help: 'Port of the storage, a separate origin as on Kaggle; 0 for any free port (default: 0)',
    },
    host: {
      type: 'string',
      value: 'HOST',
      help: 'Loopback address to listen on: 127.0.0.1, localhost or ::1 (default: 127.0.0.1)',
    },
    executor: {
      type: 'string',
      value: 'NAME',
      help:
        'How to run kernels: pyodide (Python in WebAssembly, without access to your files) or python3 (the Python of this ' +
        'machine, WITH ALL YOUR PERMISSIONS; only for code that you trust) (default: pyodide)',
    },
    fixtures: {
      type: 'string',
      value: 'DIR',
      help:
        'Start with the users, datasets and kernels in this folder: users.json, datasets/OWNER/SLUG (files and ' +
        'dataset-metadata.json), kernels/OWNER/SLUG (kernel-metadata.json, source and output/)',
    },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'Folder that keeps the state across restarts; created if it does not exist (default: none)',
    },
    packages: {
      type: 'string',
      value: 'DIR',
      help: 'Folder of wheels that kernels can import; pyodide itself has the standard library only',
    },
    'fetch-packages': {
      type: 'boolean',
      help: "Download the packages that kernels import from pyodide's site",
    },
    'allow-origin': {
      type: 'string',
      value: 'ORIGIN',
      multiple: true,
      help: 'Origin whose web pages may call the emulator (repeatable)',
    },
    mounts: {
      type: 'string',
      value: 'LAYOUT',
      help:
        'Where kernels find their inputs: owner (/kaggle/input/datasets/OWNER/SLUG, as on Kaggle today), legacy ' +
        '(/kaggle/input/SLUG) or both (default: owner)',
    },
    lag: { type: 'string', value: 'MS', help: 'Milliseconds from a push until its run exists (default: 200)' },
    processing: {
      type: 'string',
      value: 'MS',
      help: 'Milliseconds until a dataset version is ready (default: 500)',
    },
  },
  exitCodes: { 0: 'Stopped with Ctrl-C' },
  help: `
Start a local Kaggle emulator: uploads, datasets, and kernels that really run.

It listens on loopback only and refuses requests from web pages, because anyone who can push a kernel can run code.`,
  examples: [
    'kaggle-ts emulator',
    'kaggle-ts emulator --fixtures ./fixtures --data ./emulator-data',
    'kaggle-ts emulator --port 0 --packages ./wheels --allow-origin http://localhost:5173',
  ],
  async run({ values, terminal, signal }) {
    const host = text(values, 'host');
    if (host !== undefined && !['127.0.0.1', 'localhost', '::1'].includes(host)) {
      throw new UsageError(
        `--host: expected 127.0.0.1, localhost or ::1, got "${host}"; the emulator runs code for anyone who can reach it, so it listens on loopback only`,
      );
    }
    const places: Places = { data: text(values, 'data'), fixtures: text(values, 'fixtures') };
    const port = number(values, 'port', 65_535) ?? testPort;
    const options = {
      port,
      host,
      storagePort: number(values, 'storage-port', 65_535),
      executor: await chooseExecutor(values),
      allowedOrigins: texts(values, 'allow-origin'),
      mounts: choice(values, 'mounts', ['owner', 'both', 'legacy']),
      lag: number(values, 'lag', 3_600_000),
      processing: number(values, 'processing', 3_600_000),
      ...places,
    };
    const served = await serveEmulator(options).catch((error: Error & { code?: string }) => {
      const isPort = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      throw isPort && isKaggleError(error) ? new UsageError(withoutVerb(error.describe(nameFlag))) : error;
    });
    announceContents(terminal, await served.emulator.ready, places);
    announce(terminal, served, places);
    const missing = text(values, 'executor') === 'python3' ? undefined : await missingInterpreter('emulator');
    if (missing !== undefined) terminal.note(missing);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await served.close();
    terminal.print('Emulator stopped.');
    return 0;
  },
};
