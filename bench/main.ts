/**
 * Measures kaggle-ts beside the official Python client and bare fetch, prints tables and writes docs/benchmarks.md:
 * `npm run bench -- [--rounds 7] [--scenario rpc]... [--no-write]`. Exit code 1 when a bound is not kept.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { install } from '../test/interop/python/install.ts';
import { root, versions } from './clients/index.ts';
import { renderMachine, renderReport } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import type { Report } from './scenarios/scenario.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    scenario: { type: 'string', multiple: true },
    'no-write': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const unknown = values.scenario?.filter((name) => !scenarios.some((one) => one.name === name)) ?? [];
if (!Number.isInteger(rounds) || rounds < 1 || unknown.length > 0) {
  console.error(`--rounds takes a number from 1 on, --scenario one of ${scenarios.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

async function startServer(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(`${root}node_modules/.bin/bun`, [`${root}bench/server.ts`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code} before it said its address`);
  });
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => {});
  return { process: child, url: String(line).trim() };
}

if (!values['no-build'] || !existsSync(`${root}dist/index.js`)) {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the build failed');
}

const withoutClients = process.env.KAGGLE_TS_PYTHONPATH ? undefined : install();
if (withoutClients) console.error(`the official clients are not measured: ${withoutClients}`);

const server = await startServer();
const reports: Report[] = [];
try {
  for (const scenario of scenarios) {
    if (values.scenario && !values.scenario.includes(scenario.name)) continue;
    reports.push(await scenario.run({ url: server.url, rounds, say: (line) => console.error(line) }));
  }
} finally {
  server.process.kill();
}

const text = `${[renderMachine(versions()), ...reports.map(renderReport)].join('\n\n')}\n`;
console.log(text);
if (!values['no-write'] && !values.scenario) writeFileSync(`${root}docs/benchmarks.md`, text);
if (reports.some(({ bounds }) => bounds.some(({ kept }) => !kept))) process.exitCode = 1;
