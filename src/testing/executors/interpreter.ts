/** A function that is compiled again inside the realm: the interpreter, from its start to the output of a run. */
import type { Host } from './realm-globals.ts';
import type { Node, Storage } from './storage.ts';

/** The calls from the worker to the interpreter. They take strings, numbers and bytes, and return strings. */
export interface Interpreter {
  /** Starts the interpreter: from a snapshot, or else anew, with a run of `setup`. */
  start(setup: string, snapshot: Uint8Array | undefined): Promise<void>;
  /** Runs `setup` in an interpreter for this only, and passes its packed memory to `host.file`. */
  makeSnapshot(setup: string): Promise<void>;
  /** pyodide's list of packages, as JSON. */
  packages(): string;
  runPython(code: string, filename: string): void;
  /** Calls a function that `runPython` has defined. */
  call(name: string, ...texts: string[]): string;
  /** As `call`, for a function that may end or crash the interpreter: returns the reason then. */
  tryCall(name: string, ...texts: string[]): string;
  /** Loads packages of pyodide's distribution, given as a JSON array. */
  loadPackages(names: string, complain: (text: string) => void): Promise<void>;
  writeFile(path: string, bytes: Uint8Array): void;
  makeFolder(path: string): void;
  setMode(path: string, mode: number): void;
  listenToSignals(): void;
  /** Passes each file below a folder to `host.file`, and everything else to `host.leaveOut`. */
  collect(folder: string): void;
}

/** The part of emscripten's file system that is used. */
interface FileSystem extends Storage {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
  chmod(path: string, mode: number): void;
  lookupPath(path: string): { node: Node };
  isLink(mode: number): boolean;
  ignorePermissions: boolean;
}

/** The part of pyodide that is used; the package is an optional peer dependency, so it may be missing. */
interface Pyodide {
  readonly FS: FileSystem;
  readonly lockfile: { packages: object };
  readonly globals: { get(name: string): (...values: string[]) => unknown; set(name: string, value: unknown): void };
  loadPackage(
    names: string[],
    options: { checkIntegrity: boolean; messageCallback(text: string): void; errorCallback(text: string): void },
  ): Promise<unknown>;
  runPython(code: string, options: { filename: string }): unknown;
  setInterruptBuffer(buffer: object): void;
  setStdout(options: { write(bytes: Uint8Array): number }): void;
  setStderr(options: { write(bytes: Uint8Array): number }): void;
  makeMemorySnapshot(): Uint8Array;
}

interface PyodideScripts {
  loadPyodide(options: object): Promise<Pyodide>;
  _createPyodideModule: unknown;
}

/** Settings of the interpreter. */
export interface Settings {
  environment: Record<string, string>;
  limitStorage(files: Storage): void;
  packSnapshot(bytes: Uint8Array): Uint8Array;
  unpackSnapshot(packed: Uint8Array): Uint8Array;
  /** Python that runs when the interpreter starts from a snapshot. */
  resume: string;
  /** Reasons why something is not in the output. */
  link: string;
  notAFile: string;
  notUnicode: string;
  removed: string;
}

export function interpreter(host: Host, settings: Settings): Interpreter {
  const scope = globalThis as unknown as Partial<PyodideScripts>;
  let python: Pyodide;
  let files: FileSystem;

  const writer = (stream: 'stdout' | 'stderr') => ({
    write(bytes: Uint8Array) {
      host.write(stream, bytes);
      return bytes.length;
    },
  });

  const log = (words: string) => host.write('stderr', new TextEncoder().encode(`${words}\n`));

  let asked = false;
  const stdin = () => {
    if (!asked) log('emulator: kernels have no standard input');
    asked = true;
    return undefined;
  };

  const call = (name: string, ...texts: string[]) => String(python.globals.get(name)(...texts));

  const load = (options: object) => {
    const { loadPyodide, _createPyodideModule } = scope as PyodideScripts;
    return loadPyodide({
      indexURL: 'https://interpreter.invalid/',
      packageBaseUrl: 'https://packages.invalid/',
      createPyodideModule: _createPyodideModule,
      fullStdLib: false,
      env: { ...settings.environment },
      stdin,
      ...options,
    });
  };
  const runPython = (python: Pyodide, code: string) => void python.runPython(code, { filename: '<emulator>' });

  return {
    async start(setup, snapshot) {
      python = await load(snapshot ? { _loadSnapshot: settings.unpackSnapshot(snapshot) } : {});
      runPython(python, snapshot ? settings.resume : setup);
      // A kernel could start a second interpreter with them.
      delete scope.loadPyodide;
      delete scope._createPyodideModule;
      files = python.FS;
      settings.limitStorage(files);
      const never = new Int32Array(new SharedArrayBuffer(4));
      python.globals.set('_pause', (milliseconds: number) => void Atomics.wait(never, 0, 0, milliseconds));
      python.setStdout(writer('stdout'));
      python.setStderr(writer('stderr'));
    },
    async makeSnapshot(setup) {
      const maker = await load({ _makeSnapshot: true });
      runPython(maker, setup);
      host.file('snapshot', settings.packSnapshot(maker.makeMemorySnapshot()));
    },
    packages: () => JSON.stringify(python.lockfile.packages),
    runPython: (code, filename) => void python.runPython(code, { filename }),
    call,
    tryCall(name, ...texts) {
      try {
        return call(name, ...texts);
      } catch (error) {
        const why = /.*$/.exec(String((error as Error).message).trim())![0];
        const code = /terminated with exit\((\d+)\)/.exec(why)?.[1];
        if (code) return code === '0' ? 'the interpreter exited before the kernel finished' : `exit code ${code}`;
        const words = `the Python interpreter crashed: ${why}`;
        log(words);
        return words;
      }
    },
    async loadPackages(names, complain) {
      const errorCallback = (text: string) => complain(`${text}\n`);
      await python.loadPackage(JSON.parse(names), { checkIntegrity: true, messageCallback: () => {}, errorCallback });
    },
    writeFile: (path, bytes) => files.writeFile(path, new Uint8Array(bytes)),
    makeFolder: (path) => files.mkdirTree(path),
    setMode: (path, mode) => files.chmod(path, mode),
    listenToSignals() {
      python.setInterruptBuffer({
        get 0() {
          return host.signal();
        },
        set 0(_: number) {
          host.clearSignal();
        },
      });
    },
    collect(folder) {
      // Kernels run as root on Kaggle.
      files.ignorePermissions = true;
      const waiting: [name: string, node: Node][] = [];
      try {
        waiting.push(['', files.lookupPath(folder).node]);
      } catch {
        host.leaveOut(folder, settings.removed);
      }
      // By nodes, not paths: each path would be looked up from the root, which takes minutes in deep folders.
      for (const [name, node] of waiting) {
        const shown = name || folder;
        try {
          if (!name.isWellFormed()) host.leaveOut(name, settings.notUnicode);
          else if (files.isLink(node.mode)) host.leaveOut(shown, settings.link);
          else if (files.isDir(node.mode)) {
            for (const [part, inner] of Object.entries(node.contents)) {
              const path = name ? `${name}/${part}` : part;
              if (part.includes('/')) host.leaveOut(path, 'the name contains a slash');
              else waiting.push([path, inner]);
            }
          } else if (files.isFile(node.mode) && name)
            host.file(name, files.filesystems.MEMFS.getFileDataAsTypedArray(node));
          else host.leaveOut(shown, settings.notAFile);
        } catch (error) {
          host.leaveOut(shown, String((error as Error).message || error));
        }
      }
    },
  };
}
