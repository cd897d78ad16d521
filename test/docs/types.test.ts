import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../scripts/test/command.ts';
import { snippets } from './documents.ts';

const programs = [
  'examples/node/main.ts',
  'examples/deno/main.ts',
  'examples/bun/main.ts',
  'examples/workers/src/index.ts',
  'examples/workflows/src/index.ts',
];

/** Errors of the compiler in snippets and examples, each with its place in the document. */
async function problemsIn(sources: readonly { language: string; code: string; path: string; line: number }[]) {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp/docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const origins = new Map<string, { path: string; line: number }>();
  for (const { language, code, path, line } of sources) {
    const name = `${`${path}-${line}`.replace(/\W+/g, '-')}.${language}`;
    origins.set(name, { path, line });
    // Deno's way to name a package of a registry.
    const text = code.replace(/(?<=\bfrom ['"])(?:npm|jsr):((?:@[\w-]+\/)?[\w-]+)(?:@[\w.^~-]+)?/g, '$1');
    writeFileSync(join(folder, name), `${text}\nexport {};\n`);
  }
  const config = {
    extends: '../../test/docs/tsconfig.json',
    files: ['test/docs/given.d.ts', 'test/examples/cloudflare-workers.d.ts', ...programs].map(
      (path) => `../../${path}`,
    ),
    include: ['*'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder });
  const output = await compiled.then(
    ({ stdout }) => stdout,
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
  const problems: string[] = [];
  let isOurs = false;
  for (const line of output.split('\n').filter(Boolean)) {
    if (!line.startsWith(' ')) isOurs = !line.startsWith('../../src/');
    // The sources are compiled with settings of their own, by `npm run check`.
    if (isOurs) problems.push(line);
  }
  return problems.map((problem) =>
    problem.replace(/^([\w-]+\.\w+)\((\d+),/, (whole, name, line) => {
      const origin = origins.get(name);
      return origin ? `${origin.path}:${origin.line + Number(line)} (` : whole;
    }),
  );
}

/** A snippet with a mistake, which shows in each run that the compiler sees the snippets and that their lines are right. */
const wrong = {
  path: 'wrong.md',
  line: 10,
  language: 'ts',
  code: "import { createClient } from 'npm:kaggle-ts@0.1';\n\ncreateClient({ tokn: 'x' });",
};

test('the TypeScript of documents, docstrings and examples compiles', async () => {
  const code = snippets.filter(({ language }) => /^(?:ts|js)x?$/.test(language));
  expect(code.length).toBeGreaterThan(20);
  const problems = await problemsIn([...code, wrong]);
  expect(problems.filter((line) => !line.startsWith('wrong.md'))).toEqual([]);
  expect(problems).toEqual([expect.stringMatching(/^wrong\.md:13 .*tokn/)]);
});
