/** Brings the packages that a kernel imports into the interpreter: wheels of a folder, or of pyodide's download site. */
import { loadFiles } from '../runtime-modules.ts';

interface Locked {
  name: string;
  file_name: string;
  imports: string[];
  depends: string[];
}

/** The part of pyodide that loads packages. */
export interface PackageHost {
  readonly lockfile: { packages: Record<string, Locked> };
  readonly FS: { writeFile(path: string, data: Uint8Array): void };
  loadPackage(
    names: string[],
    options: { checkIntegrity: boolean; messageCallback(text: string): void; errorCallback(text: string): void },
  ): Promise<unknown>;
  runPython(code: string, options?: { filename?: string }): unknown;
  readonly globals: { get(name: string): (...values: unknown[]) => unknown };
}

const helpers = `
def _imports(text, kernel_type):
    import json
    from pyodide.code import find_imports
    if kernel_type != 'notebook':
        return json.dumps(find_imports(text))
    found = []
    for cell in json.loads(text).get('cells', []):
        if cell.get('cell_type') == 'code':
            source = cell.get('source', '')
            source = source if isinstance(source, str) else ''.join(source)
            lines = [line for line in source.split('\\n') if not line.lstrip().startswith(('%', '!'))]
            found += find_imports('\\n'.join(lines))
    return json.dumps(found)

def _install(path):
    import json, re, site, sys, zipfile
    folder = site.getsitepackages()[0]
    needs = []
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(folder)
        for name in wheel.namelist():
            if name.endswith('.dist-info/METADATA'):
                lines = wheel.read(name).decode().split('\\n\\n')[0].split('\\n')
                wanted = [line[14:] for line in lines if line.startswith('Requires-Dist:') and 'extra ==' not in line]
                needs += [re.match('[A-Za-z0-9._-]*', line.strip()).group() for line in wanted]
    if folder not in sys.path:
        sys.path.append(folder)
    return json.dumps(needs)
`;

const plainName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** All that some packages need, themselves included. */
function closure(names: readonly string[], packages: Record<string, Locked>): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (!packages[name] || found.has(name)) return;
    found.add(name);
    packages[name].depends.forEach(visit);
  };
  names.forEach(visit);
  return [...found];
}

/**
 * Loads what the kernel imports. Wheels of `folder` that pyodide's own distribution does not have are unpacked when they
 * are pure Python; of the others only those are loaded that are imported. Without `fetchPackages` nothing is fetched.
 */
export async function loadPackages(
  host: PackageHost,
  kernel: { text: string; kernelType: string },
  from: { folder: string | undefined; fetchPackages: boolean },
  complain: (text: string) => void,
): Promise<void> {
  const { packages } = host.lockfile;
  const known = new Set(Object.values(packages).map(({ file_name }) => file_name));
  host.runPython(helpers, { filename: '<packages>' });
  const wanted = JSON.parse(String(host.globals.get('_imports')(kernel.text, kernel.kernelType))) as string[];
  let present = new Set<string>();
  if (from.folder !== undefined) {
    const { readdir, readFile } = await loadFiles();
    present = new Set(await readdir(from.folder));
    for (const name of [...present].sort()) {
      if (!name.endsWith('-none-any.whl') || known.has(name)) continue;
      host.FS.writeFile(`/tmp/${name}`, new Uint8Array(await readFile(`${from.folder}/${name}`)));
      wanted.push(...(JSON.parse(String(host.globals.get('_install')(`/tmp/${name}`))) as string[]));
    }
  }
  const imported = new Set(wanted);
  const named = new Set(wanted.map(plainName));
  const direct = Object.keys(packages).filter(
    (name) => named.has(plainName(name)) || packages[name]!.imports.some((module) => imported.has(module)),
  );
  const all = closure(direct, packages);
  const load = from.fetchPackages ? all : all.filter((name) => present.has(packages[name]!.file_name));
  if (load.length === 0) return;
  const absent = all.filter((name) => !load.includes(name));
  if (absent.length > 0)
    complain(`not in the folder of packages: ${absent.map((name) => packages[name]!.file_name).join(', ')}\n`);
  // A folder is what the caller put there; what comes over the network is compared with pyodide's list.
  await host.loadPackage(load, {
    checkIntegrity: from.fetchPackages,
    messageCallback: () => {},
    errorCallback: (text) => complain(`${text}\n`),
  });
}
