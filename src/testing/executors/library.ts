/** The files that an interpreter reads while it starts: pyodide's own, and wheels. */
import { fileError } from '../../core/bytes/file-error.ts';
import { loadFiles } from '../runtime-modules.ts';

export interface Library {
  /** The scripts that define `loadPyodide` and `_createPyodideModule`. */
  scripts(): Promise<string[]>;
  /** The names of the files in the folder of wheels. */
  readonly wheels: ReadonlySet<string>;
  wheel(name: string): Promise<Uint8Array>;
  /** Reads a file of pyodide or a wheel by the URL that the interpreter requests. */
  read(address: string, integrity: string): Promise<Uint8Array>;
  /** Reads the snapshot of an interpreter that has run `setup`, if an earlier run has saved one. */
  snapshot(setup: string): Promise<Uint8Array | undefined>;
  /** Whether a snapshot can be saved beside pyodide. */
  canSave(): Promise<boolean>;
  /** Saves a snapshot for later interpreters of this runtime. */
  saveSnapshot(setup: string, snapshot: Uint8Array): Promise<void>;
}

export interface LibraryOptions {
  /** Absolute path of a folder of wheels. */
  packages: string | undefined;
  fetchPackages: boolean;
}

interface DenoPermissions {
  permissions: { query(wanted: { name: 'write'; path: URL }): Promise<{ state: string }> };
}

const missing =
  'cannot run kernels: the package "pyodide" is not installed; run npm install pyodide, bun add pyodide or deno add npm:pyodide';

/** The folder in which pyodide is installed. */
function home(): URL {
  try {
    return new URL('./', import.meta.resolve('pyodide'));
  } catch {
    throw new Error(missing);
  }
}

/** Whether pyodide is installed where this package finds it, so that kernels can run. */
export async function hasInterpreter(): Promise<boolean> {
  const { access } = await loadFiles();
  try {
    await access(new URL('package.json', home()));
    return true;
  } catch {
    return false;
  }
}

/**
 * Compiles the interpreter. While the result is referenced, V8 reuses it for the same bytes in the whole process, so a
 * worker does not compile it again, which would be half of its start.
 */
export async function compileInterpreter(): Promise<object> {
  const { readFile } = await loadFiles();
  return WebAssembly.compile((await readFile(new URL('pyodide.asm.wasm', home()))) as Uint8Array<ArrayBuffer>);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

function unreadable(path: string, error: unknown): never {
  throw new Error(`${fileError('read the folder of wheels', path, error).message}; check packages (--packages)`);
}

export async function openLibrary({ packages, fetchPackages }: LibraryOptions): Promise<Library> {
  const { access, constants, readFile, readdir, rename, writeFile } = await loadFiles();
  const folder = home();
  const own = (name: string) => readFile(new URL(name, folder));
  const text = async (name: string) => new TextDecoder().decode(await own(name));
  const wheels = new Set(
    packages === undefined ? [] : await readdir(packages).catch((error) => unreadable(packages, error)),
  );
  const { version } = await text('package.json').then(JSON.parse, (error) => {
    throw error.code === 'ENOENT' ? new Error(missing) : error;
  });

  /** A snapshot fits one version of pyodide, the Python code in it, and what the runtime's WebAssembly can do. */
  async function snapshotFile(setup: string): Promise<URL> {
    const structures = WebAssembly.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 3, 1, 95, 0));
    const fits = JSON.stringify([version, 'Suspending' in WebAssembly, structures, setup]);
    const key = (await sha256(new TextEncoder().encode(fits))).replace(/^sha256-|\W/g, '').slice(0, 12);
    return new URL(`snapshot-${key}.bin`, folder);
  }

  /** A wheel of pyodide's distribution. It is saved beside pyodide, where pyodide itself looks for it, too. */
  async function fetched(name: string, integrity: string): Promise<Uint8Array> {
    const kept = await own(name).catch(() => undefined);
    if (kept && (await sha256(kept)) === integrity) return kept;
    const url = `https://cdn.jsdelivr.net/pyodide/v${version}/full/${name}`;
    const response = await fetch(url);
    if (!response.ok) throw new Error(`cannot download ${url}: HTTP ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await sha256(bytes)) !== integrity) throw new Error(`cannot use ${url}: checksum mismatch`);
    await writeFile(new URL(name, folder), bytes).catch(() => {});
    return bytes;
  }

  return {
    async scripts() {
      // From version 314 on, it is a module: the code turns it into a script. Before, it is a script that defines a variable.
      const module = await text('pyodide.asm.mjs').then(
        (code) =>
          code
            .replaceAll('import.meta.url', '"https://interpreter.invalid/pyodide.asm.mjs"')
            .replace(/\bexport default (\w+);\s*$/, 'globalThis._createPyodideModule = $1;'),
        async () => `${await text('pyodide.asm.js')};globalThis._createPyodideModule = _createPyodideModule;`,
      );
      // In functions, as top-level variables would become properties of the scope that cannot be deleted.
      return [await text('pyodide.js'), module].map((code) => `(() => {'use strict';${code}\n})()`);
    },
    wheels,
    wheel: (name) => readFile(`${packages}/${name}`),
    async read(address, integrity) {
      const [, host, name] = /^https:\/\/(interpreter|packages)\.invalid\/([\w.+-]+)$/.exec(address) ?? [];
      if (!name) throw new Error(`cannot read ${address}: not a file of pyodide`);
      if (host === 'interpreter') return own(name);
      if (wheels.has(name)) return readFile(`${packages}/${name}`);
      if (!fetchPackages) throw new Error(`${name} is not in the folder of wheels`);
      return fetched(name, integrity);
    },
    async snapshot(setup) {
      return readFile(await snapshotFile(setup)).catch(() => undefined);
    },
    async canSave() {
      // Without a query, Deno would prompt the user.
      const { Deno } = globalThis as { Deno?: DenoPermissions };
      const write = await Deno?.permissions.query({ name: 'write', path: folder });
      if (write && write.state !== 'granted') return false;
      return access(folder, constants.W_OK).then(
        () => true,
        () => false,
      );
    },
    async saveSnapshot(setup, snapshot) {
      const unfinished = new URL(`${crypto.randomUUID()}.tmp`, folder);
      await writeFile(unfinished, snapshot);
      await rename(unfinished, await snapshotFile(setup));
    },
  };
}
