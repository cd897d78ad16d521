/**
 * The worker: starts pyodide in its own realm, runs one kernel there, and returns the files of /kaggle/working.
 */
import { loadThreads } from '../runtime-modules.ts';
import { type Interpreter, interpreter } from './interpreter.ts';
import { keepSignals } from './interrupt.ts';
import { type LeftOut, leftOutWords, link, notAFile, notUnicode, removed } from './left-out.ts';
import { type Library, openLibrary } from './library.ts';
import { loadPackages } from './packages.ts';
import type { FromWorker, RunOrder, StartOrder, ToWorker } from './pyodide-protocol.ts';
import { confined } from './python/confined.ts';
import { eventLoop } from './python/event-loop.ts';
import { harness, type KernelSettings } from './python/harness.ts';
import { beforeSnapshot, resume } from './python/snapshot.ts';
import { createRealm, emptyOuterScope } from './realm.ts';
import { addWebGlobals, hideOuterErrors, keepUtc } from './realm-globals.ts';
import { packSnapshot, unpackSnapshot } from './snapshot.ts';
import { limitStorage } from './storage.ts';
import type { JobResult } from './types.ts';
import { createHost } from './worker-host.ts';

/** Maximum size of all files of a run in bytes. */
const maxStorage = 2 ** 31;

/** Environment variables of every run, besides Kaggle's own. */
const environment = { HOME: '/root', LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' };

interface Port {
  postMessage(message: FromWorker, transfer?: ArrayBuffer[]): void;
  listen(listener: (message: ToWorker) => void): void;
  /** Ends the worker from inside. */
  end(): void;
}

/** Ignores unhandled errors of the kernel's JavaScript: they would end the worker, and the result would be lost. */
function ignoreStrays(): void {
  const scope = globalThis as unknown as {
    Deno?: unknown;
    process?: { on(event: string, listener: () => void): void };
    addEventListener(event: string, listener: (event: Event) => void): void;
  };
  const { process } = scope;
  for (const event of ['uncaughtException', 'unhandledRejection']) process?.on(event, () => {});
  if (!scope.Deno) return;
  for (const event of ['error', 'unhandledrejection']) scope.addEventListener(event, (stray) => stray.preventDefault());
}

async function openPort(): Promise<Port> {
  const scope = globalThis as unknown as {
    Deno?: unknown;
    postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
    onmessage: unknown;
    close(): void;
  };
  if (scope.Deno) {
    const post = scope.postMessage.bind(scope);
    return {
      postMessage: (message, transfer = []) => post(message, transfer),
      listen(listener) {
        scope.onmessage = ({ data }: { data: ToWorker }) => listener(data);
      },
      // Deno cannot terminate a worker from outside while it runs a loop.
      end: scope.close.bind(scope),
    };
  }
  const { parentPort } = await loadThreads();
  return {
    postMessage: (message, transfer) => parentPort!.postMessage(message, transfer),
    listen: (listener) => void parentPort!.on('message', listener),
    end: () => {},
  };
}

/** An interpreter that has started. */
interface RunningInterpreter {
  python: Interpreter;
  library: Library;
  /** The output files, after `python.collect`. */
  files: JobResult['files'];
  leftOut: LeftOut[];
  listenTo(interrupt: Uint8Array): void;
  /** Removes what is needed for the start only, inside and outside of the realm. */
  lock(): void;
}

/** Python that runs before every kernel. */
const setup = confined + eventLoop + harness;

/**
 * Starts the interpreter from a snapshot of an earlier one, which takes a fraction of the time. The first start of an
 * installation makes the snapshot. `files` is the list into which the interpreter puts it.
 */
async function load(python: Interpreter, library: Library, files: JobResult['files']): Promise<void> {
  const key = setup + beforeSnapshot;
  let snapshot = await library.snapshot(key);
  const resumed =
    snapshot &&
    python.start(setup, snapshot).then(
      () => true,
      () => false,
    );
  if (await resumed) return;
  snapshot = undefined;
  if (await library.canSave()) {
    await python.makeSnapshot(key).catch(() => {});
    snapshot = files.pop()?.data;
    if (snapshot) await library.saveSnapshot(key, snapshot).catch(() => {});
  }
  await python.start(setup, snapshot);
}

async function start(port: Port, order: StartOrder): Promise<RunningInterpreter> {
  const library = await openLibrary(order);
  const { run, enclose } = await createRealm();
  const files: JobResult['files'] = [];
  const leftOut: LeftOut[] = [];
  let read: Library['read'] | undefined = library.read;
  let signals = keepSignals(new Uint8Array(new SharedArrayBuffer(1)));
  const host = enclose(hideOuterErrors)(
    createHost({
      read: async (address, integrity) => read!(address, integrity),
      write: (stream, data) => port.postMessage({ type: 'output', stream, data }),
      file: (name, bytes) => void files.push({ name: String(name), data: new Uint8Array(bytes) }),
      leaveOut: (name, why) => void leftOut.push({ name: String(name), why: String(why) }),
      signals: () => signals,
      end: port.end,
    }),
  );
  enclose(keepUtc)();
  const removeSetup = enclose(addWebGlobals)(host);
  for (const script of await library.scripts()) run(script, 'pyodide');
  const limit = enclose(limitStorage);
  const python = enclose(interpreter)(host, {
    environment,
    limitStorage: (files) => limit(files, maxStorage),
    packSnapshot: enclose(packSnapshot),
    unpackSnapshot: enclose(unpackSnapshot),
    resume,
    link,
    notAFile,
    notUnicode,
    removed,
  });
  await load(python, library, files);
  return {
    python,
    library,
    files,
    leftOut,
    listenTo(interrupt) {
      signals = keepSignals(interrupt);
      python.listenToSignals();
    },
    lock() {
      read = undefined;
      removeSetup();
      ignoreStrays();
      emptyOuterScope();
    },
  };
}

function mount(python: Interpreter, inputs: RunOrder['inputs']): void {
  for (const folder of ['/kaggle/input', '/kaggle/working', '/kaggle/temp', '/tmp']) python.makeFolder(folder);
  const folders = new Set(['/kaggle/input']);
  for (const { mount, files } of inputs) {
    for (const file of files) {
      const path = `/kaggle/input/${mount}/${file.name}`;
      for (let at = path.lastIndexOf('/'); at > '/kaggle/input'.length; at = path.lastIndexOf('/', at - 1))
        folders.add(path.slice(0, at));
      python.makeFolder(path.slice(0, path.lastIndexOf('/')));
      python.writeFile(path, file.data);
      python.setMode(path, 0o444);
    }
  }
  for (const folder of folders) python.setMode(folder, 0o555);
}

async function run(
  port: Port,
  order: RunOrder,
  fetchPackages: boolean,
  starting: Promise<RunningInterpreter>,
): Promise<void> {
  let started: RunningInterpreter;
  try {
    started = await starting;
  } catch (error) {
    return port.postMessage({ type: 'broken', message: (error as Error).message });
  }
  const { python, library, files, leftOut, listenTo, lock } = started;
  const log = (data: string) => port.postMessage({ type: 'output', stream: 'stderr', data });
  mount(python, order.inputs);
  if (fetchPackages || library.wheels.size > 0) {
    try {
      await loadPackages(python, library, order, fetchPackages, log);
    } catch (error) {
      log(`emulator: cannot load packages: ${(error as Error).message}\n`);
    }
  }
  python.call('set_environment', JSON.stringify({ ...environment, ...order.env }));
  listenTo(order.interrupt);
  lock();
  port.postMessage({ type: 'started' });
  const mounts = order.inputs.map((input) => input.mount);
  const settings: KernelSettings = { kernelType: order.kernelType, root: '/kaggle', mounts };
  const failureMessage = python.tryCall('run_kernel', order.text, JSON.stringify(settings)) || undefined;
  port.postMessage({ type: 'over' });
  python.collect('/kaggle/working');
  if (leftOut.length > 0) log(leftOutWords(leftOut));
  port.postMessage(
    { type: 'result', files, failureMessage },
    files.map(({ data }) => data.buffer),
  );
}

const port = await openPort();
let first: StartOrder | undefined;
let starting: Promise<RunningInterpreter> | undefined;
port.listen((order) => {
  if (order.type === 'run') return void run(port, order, first!.fetchPackages, starting!);
  first = order;
  starting = start(port, order);
  // The error is reported when the run is requested.
  starting.catch(() => {});
});
