/**
 * Measures kaggle-ts beside the official Python clients, bare fetch and curl, prints tables and writes docs/benchmarks.md:
 * `npm run bench -- [--rounds 7] [--quick] [--scenario NAME]... [--no-write] [--no-build]`. Exit code 1 when a bound is missed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { install } from '../test/interop/python/install.ts';
import { isKept } from './bounds.ts';
import { root, versions } from './clients/index.ts';
import { stopClient } from './measure.ts';
import { renderMachine, renderReport } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import type { Bench, Report } from './scenarios/scenario.ts';
import { openScratch } from './scratch.ts';
import { type Server, startServer } from './server-process.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string', multiple: true },
    'no-write': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
// Half of a minute each, and the same every time.
const slowRounds = Math.min(rounds, values.quick ? 1 : 3);
const scale = values.quick ? 1 / 4 : 1;
const unknown = values.scenario?.filter((name) => !scenarios.some((one) => one.name === name)) ?? [];
if (!Number.isInteger(rounds) || rounds < 1 || unknown.length > 0) {
  console.error(`--rounds takes a number from 1 on, --scenario one of ${scenarios.map(({ name }) => name).join(', ')}`);
  process.exit(2);
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

const started = performance.now();
const scratch = openScratch(7 * 2 ** 30 * scale);
const servers: Server[] = [];
process.on('exit', () => {
  stopClient();
  for (const server of servers) server.stop();
  scratch.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const reports: Report[] = [];
for (const scenario of scenarios) {
  if (values.scenario && !values.scenario.includes(scenario.name)) continue;
  for (const [row, over] of scenario.over.entries()) {
    const serve: Bench['serve'] = async (options) => {
      const server = await startServer({ ...options, tls: over === 'TLS' });
      servers.push(server);
      return server;
    };
    const say = (line: string) => console.error(`${over}, ${line}`);
    const report = await scenario.run({
      rounds: row === 0 ? rounds : slowRounds,
      slowRounds,
      scale,
      scratch,
      serve,
      say,
    });
    reports.push({ ...report, title: `${report.title}, over ${over}` });
    for (const server of servers.splice(0)) server.stop();
  }
}

const notes = [
  `${rounds} rounds, in ${Math.round((performance.now() - started) / 60_000)} minutes; files ${scratch.inMemory ? 'in memory' : 'on the disk'}.`,
  ...(values.quick
    ? ['A quick look: a quarter of the sizes of large files. The bounds are those of the full sizes.']
    : []),
];
const text = `${[renderMachine(versions(), notes), ...reports.map(renderReport)].join('\n\n')}\n`;
console.log(text);
if (!values['no-write'] && !values.scenario && !values.quick) writeFileSync(`${root}docs/benchmarks.md`, text);
if (reports.some(({ bounds, failed }) => failed?.length || !bounds.every(isKept))) process.exitCode = 1;
