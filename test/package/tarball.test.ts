import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Consumer, installTarball } from '../../scripts/test/consumer.ts';
import { entries } from '../../src/cli/commands.ts';
import { root } from '../structure/source-files.ts';
import { packageOnly } from './package-only.ts';

const run = promisify(execFile);
const bin = (name: string) => join(root, 'node_modules/.bin', name);
let consumer: Consumer;

beforeAll(async () => {
  consumer = await installTarball();
});
afterAll(() => consumer?.remove());

/** The output of a command, whether or not it succeeds. */
async function outcome(
  command: string,
  args: string[],
  cwd = consumer.folder,
): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run(command, args, {
      cwd,
      maxBuffer: 1 << 26,
      env: { ...process.env, NO_COLOR: '1' },
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

test('publint has nothing to say', async () => {
  const { code, text } = await outcome(bin('publint'), ['run', '--strict', consumer.tarball]);
  expect(text).toMatch(/All good!/);
  expect(code).toBe(0);
});

test('the types are right for every way to import them', async (context) => {
  packageOnly(context, 'it changes with the export map, which test/structure checks, too');
  const { code, text } = await outcome(bin('attw'), [consumer.tarball, '--profile', 'esm-only', '--no-emoji']);
  // It lists what the profile ignores (CommonJS) as well; the code counts only the rest.
  expect(code, text).toBe(0);
  expect(text).toContain('kaggle-ts/services/*');
});

const installed = () => join(consumer.folder, 'node_modules/kaggle-ts');

test('it contains the build, the sources, the documents and nothing else', async () => {
  const names = await readdir(installed());
  const documents = ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'SECURITY.md', 'SUPPORT.md'];
  expect(names.sort()).toEqual([...documents, 'dist', 'docs', 'examples', 'package.json', 'src']);
});

test('its manifest names the repository, the home page and how to publish', async () => {
  const manifest = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
  const { repository, homepage, bugs, author, publishConfig } = manifest;
  expect(repository.url).toMatch(/^git\+https:\/\/github\.com\/[\w-]+\/kaggle-ts\.git$/);
  const page = repository.url.replace(/^git\+|\.git$/g, '');
  const [, owner] = /github\.com\/([\w-]+)/.exec(page)!;
  expect({ bugs, homepage, author, publishConfig }).toEqual({
    bugs: `${page}/issues`,
    homepage: `https://${owner}.github.io/kaggle-ts/`,
    author: 'kaggle-ts contributors',
    publishConfig: { access: 'public', provenance: true },
  });
});

test('every source map points to a source in the tarball', async () => {
  const names = await readdir(join(installed(), 'dist'), { recursive: true });
  // The minified files for pages, which contain the dependencies, too, have no maps.
  const alone = ['cdn.js', 'browser-worker.js'];
  const files = names
    .filter((name) => /\.(?:js|ts)$/.test(name) && !alone.includes(name))
    .map((name) => join(installed(), 'dist', name));
  expect(files.length).toBeGreaterThan(500);
  const broken = files.filter((file) => {
    const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(file, 'utf8')) ?? [];
    const map = name && join(dirname(file), name);
    if (!map || !existsSync(map)) return true;
    const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
    return sources.some((source) => !existsSync(join(dirname(map), source)));
  });
  expect(broken).toEqual([]);
});

test('stack traces name the lines of the sources', async () => {
  const program = "import { createClient } from 'kaggle-ts'; createClient({ endpoint: 5 })";
  const { text } = await outcome(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', program]);
  expect(text).toMatch(/at createClient \(\S*\/kaggle-ts\/src\/core\/rpc\/create-client\.ts:\d+/);
});

test('"go to definition" opens the source', async () => {
  const file = join(consumer.folder, 'main.ts');
  await writeFile(file, "import { push } from 'kaggle-ts/kernels';\npush;\n");
  const server = spawn(process.execPath, [join(root, 'node_modules/typescript-6/lib/tsserver.js')], {
    cwd: consumer.folder,
  });
  onTestFinished(() => void server.kill());
  const ask = (command: string, args: object) =>
    server.stdin.write(`${JSON.stringify({ seq: 0, type: 'request', command, arguments: args })}\n`);
  ask('open', { file });
  ask('definition', { file, line: 2, offset: 1 });
  let answers = '';
  for await (const chunk of server.stdout) {
    answers += chunk;
    if (/"command":"definition".*\n/.test(answers)) break;
  }
  expect(answers).toMatch(/"file":"[^"]*\/kaggle-ts\/src\/services\/kernels\/push\/[^"]*\.ts"/);
});

/** Only contributors need these, and they have the repository. The page on npm links to GitHub instead. */
const forContributors = /^(?:CONTRIBUTING\.md|(?:contract|test|bench|site|etc)\/.*)$/;

test('links in its documents point to files of the tarball or to the web', async () => {
  const documents = (await readdir(installed(), { recursive: true })).filter((name) => name.endsWith('.md'));
  expect(documents).toContain('docs/kernels.md');
  const broken = documents.flatMap((name) => {
    const text = readFileSync(join(installed(), name), 'utf8').replace(/^```.*?^```/gms, '');
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link!);
    const targets = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => join(dirname(name), link));
    return targets
      .filter((target) => !existsSync(join(forContributors.test(target) ? root : installed(), target)))
      .map((target) => `${name}: ${target}`);
  });
  expect(broken).toEqual([]);
});

const cli = (...args: string[]) => outcome(process.execPath, ['node_modules/kaggle-ts/dist/cli/main.js', ...args]);

test('its command line has every command', async () => {
  expect(await cli('--help')).toMatchObject({ code: 0, text: expect.stringContaining('Usage: kaggle-ts') });
  // In one process: each command is a module of its own, and would be a start of its own.
  const program = `
    import { runCommandLine } from './node_modules/kaggle-ts/dist/cli/command-line.js';
    import { createTerminal } from './node_modules/kaggle-ts/dist/cli/terminal.js';
    const found = {};
    for (const name of JSON.parse(process.argv[2])) {
      let text = '';
      const stream = { write: (more) => (text += more, true), on() {} };
      const code = await runCommandLine([...name.split(' '), '--help'], createTerminal(stream, stream));
      found[name] = { code, text };
    }
    console.log(JSON.stringify(found));`;
  await writeFile(join(consumer.folder, 'help.mjs'), program);
  const names = entries.map(({ name }) => name);
  const { text } = await outcome(process.execPath, ['help.mjs', JSON.stringify(names)]);
  const usage = (name: string) => expect.stringMatching(new RegExp(`^Usage: kaggle-ts ${name}`));
  expect(JSON.parse(text)).toEqual(Object.fromEntries(names.map((name) => [name, { code: 0, text: usage(name) }])));
});

test('its demo runs on the sample files that come with it', async () => {
  const out = join(consumer.folder, 'demo');
  const { code, text } = await cli('demo', '--out', out);
  expect(code, text).toBe(0);
  expect(JSON.parse(await readFile(join(out, 'result.json'), 'utf8'))).toMatchObject({ days: 184 });
});

test('without pyodide, the demo says how to get it before it starts, and the emulator when it starts', async () => {
  const pyodide = join(consumer.folder, 'node_modules/pyodide');
  const aside = join(consumer.folder, 'pyodide');
  await rename(pyodide, aside);
  onTestFinished(() => rename(aside, pyodide));
  const { code, text } = await cli('demo');
  expect(text).toContain(
    '"pyodide" is not installed beside kaggle-ts; run npm install kaggle-ts pyodide, or npx -p pyodide',
  );
  expect(text).not.toContain('Uploading');
  expect(code).toBe(1);
  const emulator = spawn(process.execPath, [join(installed(), 'dist/cli/main.js'), 'emulator', '--port', '0']);
  onTestFinished(() => void emulator.kill());
  let notes = '';
  for await (const chunk of emulator.stderr) {
    notes += chunk;
    if (notes.includes('\n')) break;
  }
  expect(notes).toContain('-p pyodide -p kaggle-ts kaggle-ts emulator');
});

const subpaths = [
  '',
  '/node',
  '/workers',
  '/browser',
  '/datasets',
  '/kernels',
  '/services/kernels',
  '/services/common',
  '/testing',
  '/testing/msw',
];

test.each(subpaths)('kaggle-ts%s can be imported on the oldest Node', async (subpath) => {
  const program = `const m = await import('kaggle-ts${subpath}'); console.log(Object.keys(m).length)`;
  const node22 = join(root, 'node_modules/node22/bin/node');
  const { code, text } = await outcome(node22, ['--input-type=module', '-e', program]);
  expect(text).toMatch(/^\d+\n$/);
  expect(code).toBe(0);
});
