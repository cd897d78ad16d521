/**
 * Runs snippets one after the other, each in a folder of its own with the reader's files: `node run-snippets.ts FOLDER`.
 * FOLDER has `snippets.json` and gets `results.json`. Tests of node:test that a snippet has run as well and count.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { publicEntries } from '../../scripts/docs/entries.ts';
import { root } from '../../scripts/test/command.ts';

/** What a snippet did. */
export interface Result {
  place: string;
  error?: string | undefined;
  /** What it printed with `console.log`. */
  lines: string[];
  /** What it wrote to `out` and `points`. */
  files: Record<string, string>;
  /** The machine of the last version of each kernel. */
  shapes: Record<string, string | undefined>;
}

/** The files that snippets may name. */
const readersFiles: Readonly<Record<string, string>> = {
  'data/points.csv': '1\n2\n3\n',
  'job/model.py': 'def total(numbers, epochs):\n    return sum(numbers) * epochs\n',
  'job/train.py': `from kaggle_params import input_path, params
from model import total
numbers = [int(line) for line in open(input_path("alice/my-points") + "/points.csv")]
print("numbers", numbers)
open("total.txt", "w").write(str(total(numbers, params["epochs"])))
`,
  'train.py': 'print("trained")\n',
  'notebook.ipynb': JSON.stringify({
    cells: [{ cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source: ['print("trained")'] }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  }),
};

const sources = new Map(publicEntries('node').map(({ name, source }) => [name, join(root, source)]));
for (const name of ['kaggle-ts', 'kaggle-ts/node']) sources.set(name, join(import.meta.dirname, 'kaggle.ts'));
registerHooks({
  resolve(specifier, context, next) {
    const source = sources.get(specifier);
    return next(source === undefined ? specifier : pathToFileURL(source).href, context);
  },
});
const { createClient, createKaggle, served } = await import('./kaggle.ts');
const { emulator } = served;

/** What `given.d.ts` promises, as far as a snippet can use it here. */
const given = async () => {
  const client = createClient();
  return {
    client,
    kaggle: createKaggle(),
    emulator,
    datasets: await import('../../src/services/datasets/index.ts'),
    kernels: await import('../../src/services/kernels/index.ts'),
    owner: 'alice',
    signal: new AbortController().signal,
    onLog: () => {},
    onStatus: () => {},
  };
};

async function runSnippet(folder: string, code: string): Promise<Omit<Result, 'place'>> {
  for (const name of ['data', 'job']) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(readersFiles)) writeFileSync(join(folder, name), content);
  const module = join(folder, 'snippet.ts');
  writeFileSync(module, `${code}\nexport {};\n`);
  await emulator.reset();
  Object.assign(globalThis, await given());
  process.chdir(folder);
  const lines: string[] = [];
  const { log } = console;
  console.log = (...values) => lines.push(format(...values));
  let error: string | undefined;
  try {
    await import(pathToFileURL(module).href);
  } catch (thrown) {
    error = format(thrown);
  } finally {
    console.log = log;
  }
  const written = globSync('{out,points}/**/*.{csv,json,log,txt}', { cwd: folder }).map((name) => [
    name,
    readFileSync(join(folder, name), 'utf8'),
  ]);
  const shapes = [...emulator.state.kernels].map(([ref, { versions }]) => [ref, versions.at(-1)?.shape]);
  return { error, lines, files: Object.fromEntries(written), shapes: Object.fromEntries(shapes) };
}

const [, , place = '.'] = process.argv;
const snippets: { place: string; code: string }[] = JSON.parse(readFileSync(join(place, 'snippets.json'), 'utf8'));
const results: Result[] = [];
for (const [index, { code, place: origin }] of snippets.entries()) {
  results.push({ place: origin, ...(await runSnippet(join(place, String(index)), code)) });
}
writeFileSync(join(place, 'results.json'), JSON.stringify(results));
await served.close();
