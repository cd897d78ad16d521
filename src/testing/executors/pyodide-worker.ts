/** The inside of the worker: starts pyodide, runs one kernel, hands back what it left in /kaggle/working. */
import { loadThreads } from '../runtime-modules.ts';
import { harness } from './harness.ts';
import { type InterruptBuffer, keepSignals } from './interrupt.ts';
import { loadPackages, type PackageHost } from './packages.ts';
import type { FromWorker, RunOrder, ToWorker } from './pyodide-protocol.ts';

/** The part of pyodide that is used here; the package is an optional peer and may not be there. */
interface Pyodide extends PackageHost {
  FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, data: Uint8Array): void;
    chmod(path: string, mode: number): void;
    readdir(path: string): string[];
    stat(path: string): { mode: number };
    isDir(mode: number): boolean;
    isFile(mode: number): boolean;
    readFile(path: string): Uint8Array<ArrayBuffer>;
  };
  globals: { get(name: string): (...values: unknown[]) => unknown };
  runPython(code: string, options?: { filename?: string }): unknown;
  setInterruptBuffer(buffer: InterruptBuffer): void;
  setStdout(options: { write(bytes: Uint8Array): number }): void;
  setStderr(options: { write(bytes: Uint8Array): number }): void;
}

interface Port {
  postMessage(message: FromWorker): void;
  listen(listener: (message: ToWorker) => void): void;
}

async function openPort(): Promise<Port> {
  const scope = globalThis as unknown as { Deno?: unknown; postMessage(message: FromWorker): void; onmessage: unknown };
  if (scope.Deno) {
    return {
      postMessage: (message) => scope.postMessage(message),
      listen(listener) {
        scope.onmessage = ({ data }: { data: ToWorker }) => listener(data);
      },
    };
  }
  const { parentPort } = await loadThreads();
  return {
    postMessage: (message) => parentPort!.postMessage(message),
    listen: (listener) => void parentPort!.on('message', listener),
  };
}

/** Hands on output as text, whole characters only. */
function writer(port: Port, stream: 'stdout' | 'stderr'): { write(bytes: Uint8Array): number } {
  const decoder = new TextDecoder();
  return {
    write(bytes) {
      // A copy: the bytes are a view of the interpreter's memory.
      const data = decoder.decode(bytes.slice(), { stream: true });
      if (data) port.postMessage({ type: 'output', stream, data });
      return bytes.length;
    },
  };
}

async function load(packages: string | undefined): Promise<Pyodide> {
  const { loadPyodide } = (await import('pyodide')) as unknown as { loadPyodide(options: object): Promise<Pyodide> };
  return loadPyodide({ fullStdLib: false, ...(packages && { packageBaseUrl: `${packages}/` }) });
}

function mount({ FS }: Pyodide, inputs: RunOrder['inputs']): void {
  FS.mkdirTree('/kaggle/input');
  FS.mkdirTree('/kaggle/working');
  FS.mkdirTree('/kaggle/temp');
  FS.mkdirTree('/tmp');
  const folders = new Set(['/kaggle/input']);
  for (const { mount, files } of inputs) {
    for (const file of files) {
      const path = `/kaggle/input/${mount}/${file.name}`;
      for (let at = path.lastIndexOf('/'); at > '/kaggle/input'.length; at = path.lastIndexOf('/', at - 1))
        folders.add(path.slice(0, at));
      FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
      FS.writeFile(path, file.data);
      FS.chmod(path, 0o444);
    }
  }
  for (const folder of folders) FS.chmod(folder, 0o555);
}

function collect({ FS }: Pyodide, folder: string, prefix = ''): { name: string; data: Uint8Array<ArrayBuffer> }[] {
  return FS.readdir(folder)
    .filter((name) => name !== '.' && name !== '..')
    .flatMap((name) => {
      const { mode } = FS.stat(`${folder}/${name}`);
      if (FS.isDir(mode)) return collect({ FS } as Pyodide, `${folder}/${name}`, `${prefix}${name}/`);
      return FS.isFile(mode) ? [{ name: `${prefix}${name}`, data: FS.readFile(`${folder}/${name}`) }] : [];
    });
}

async function run(port: Port, order: RunOrder, starting: Promise<Pyodide>): Promise<void> {
  let pyodide: Pyodide;
  try {
    pyodide = await starting;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = /pyodide/.test(message) && /find|resolve|not found/i.test(message);
    return port.postMessage({
      type: 'broken',
      message: missing ? 'running kernels needs the npm package pyodide: npm install pyodide' : message,
    });
  }
  pyodide.setStdout(writer(port, 'stdout'));
  pyodide.setStderr(writer(port, 'stderr'));
  mount(pyodide, order.inputs);
  if (order.fetchPackages || order.packages) {
    const complain = (data: string) => port.postMessage({ type: 'output', stream: 'stderr', data });
    try {
      await loadPackages(pyodide, order, { folder: order.packages, fetchPackages: order.fetchPackages }, complain);
    } catch (error) {
      complain(`packages could not be loaded: ${(error as Error).message}\n`);
    }
  }
  pyodide.runPython(harness, { filename: '<harness>' });
  pyodide.setInterruptBuffer(keepSignals(order.interrupt));
  port.postMessage({ type: 'started' });
  let failureMessage: string;
  try {
    failureMessage = String(pyodide.globals.get('run_kernel')(order.text, order.kernelType));
  } catch (error) {
    failureMessage = String((error as Error).message.trim().split('\n').at(-1));
  }
  port.postMessage({
    type: 'result',
    files: collect(pyodide, '/kaggle/working'),
    ...(failureMessage && { failureMessage }),
  });
}

const port = await openPort();
let starting: Promise<Pyodide> | undefined;
port.listen((order) => {
  starting ??= load(order.packages);
  // Whether it could be started is answered to the run.
  if (order.type === 'start') starting.catch(() => {});
  else void run(port, order, starting);
});
