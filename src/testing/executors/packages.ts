/** Loads the packages that a kernel imports: from a folder of wheels, or from pyodide's CDN. */
import type { Interpreter } from './interpreter.ts';
import type { Library } from './library.ts';

interface Locked {
  name: string;
  file_name: string;
  imports: string[];
  depends: string[];
}

const helpers = `
def _imports(text, kernel_type):
    import json
    from pyodide.code import find_imports
    text = text.lstrip('\\ufeff')
    texts = [text]
    if kernel_type == 'notebook':
        try:
            texts = [plain_python(_source(cell)) for cell in _code_cells(text)]
        except ValueError:
            texts = []
    return json.dumps([name for text in texts for name in find_imports(text)])

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

/** The packages with all their dependencies. */
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
 * Loads the packages that the kernel imports. Pure Python wheels that are not part of pyodide's distribution are always
 * unpacked. Nothing is downloaded without `fetchPackages`. Uses functions of the harness, which must have been run.
 */
export async function loadPackages(
  python: Interpreter,
  { wheels, wheel }: Library,
  kernel: { text: string; kernelType: string },
  fetchPackages: boolean,
  complain: (text: string) => void,
): Promise<void> {
  const packages = JSON.parse(python.packages()) as Record<string, Locked>;
  const known = new Set(Object.values(packages).map(({ file_name }) => file_name));
  python.runPython(helpers, '<packages>');
  const wanted = JSON.parse(python.call('_imports', kernel.text, kernel.kernelType)) as string[];
  for (const name of [...wheels].sort()) {
    if (!name.endsWith('-none-any.whl') || known.has(name)) continue;
    python.writeFile(`/tmp/${name}`, await wheel(name));
    wanted.push(...(JSON.parse(python.call('_install', `/tmp/${name}`)) as string[]));
  }
  const imported = new Set(wanted);
  const named = new Set(wanted.map(plainName));
  const direct = Object.keys(packages).filter(
    (name) => named.has(plainName(name)) || packages[name]!.imports.some((module) => imported.has(module)),
  );
  const all = closure(direct, packages);
  const load = fetchPackages ? all : all.filter((name) => wheels.has(packages[name]!.file_name));
  if (load.length === 0) return;
  const absent = all.filter((name) => !load.includes(name));
  if (absent.length > 0)
    complain(`emulator: not in the folder of wheels: ${absent.map((name) => packages[name]!.file_name).join(', ')}\n`);
  await python.loadPackages(JSON.stringify(load), complain);
}
