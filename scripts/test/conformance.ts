import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { CaseResult, RuntimeName } from '../../test/conformance/context.ts';
import type { Addresses } from '../../test/conformance/server/house.ts';
import { type Bundles, starterOf } from '../../test/runtimes/start.ts';
import type { SuiteName } from '../../test/suites.ts';
import { bundleAll } from './bundles.ts';
import { installTarball } from './consumer.ts';

/** What one runtime did. */
export interface Column {
  runtime: RuntimeName;
  results: CaseResult[];
  /** Why the run broke off, if it did: counts as a failure of its own. */
  broken?: string;
  seconds: number;
}

/** A server process of its own for one runtime; it ends when its standard input is closed. */
async function startHouse(script: string, page: string): Promise<Addresses & { stop(): Promise<void> }> {
  const child = spawn(process.execPath, [script, page], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then(() => {
      throw new Error('the conformance server did not start');
    }),
  ]);
  return {
    ...(JSON.parse(first) as Addresses),
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function runColumn(
  runtime: RuntimeName,
  bundles: Bundles & { house: string },
  filter: string | undefined,
  suite: SuiteName,
): Promise<Column> {
  const column: Column = { runtime, results: [], seconds: 0 };
  const started = Date.now();
  const scratch = await mkdtemp(join(tmpdir(), `kaggle-ts-${runtime}-`));
  let stop: (() => Promise<void>) | undefined;
  try {
    const { stop: stopHouse, ...addresses } = await startHouse(bundles.house, bundles.chromium);
    stop = stopHouse;
    const start = await starterOf(runtime);
    const settings = { ...addresses, runtime, suite, filter, scratch };
    await start(settings, bundles, (result) => column.results.push(result));
  } catch (error) {
    column.broken = (error as Error).message;
  } finally {
    await stop?.();
    await rm(scratch, { recursive: true, force: true });
    column.seconds = (Date.now() - started) / 1000;
  }
  return column;
}

/** Runs a suite on each runtime, two at a time, against the packed tarball. `onColumn` hears of each that is done. */
export async function runConformance(
  runtimes: readonly RuntimeName[],
  filter: string | undefined,
  onColumn: (column: Column) => void,
  suite: SuiteName = 'conformance',
): Promise<Column[]> {
  const consumer = await installTarball();
  try {
    const bundles = await bundleAll(consumer.folder);
    const columns: Column[] = [];
    const queue = [...runtimes];
    const work = async () => {
      for (let runtime = queue.shift(); runtime; runtime = queue.shift()) {
        const column = await runColumn(runtime, bundles, filter, suite);
        onColumn(column);
        columns.push(column);
      }
    };
    await Promise.all([work(), work()]);
    return runtimes.map((name) => columns.find((column) => column.runtime === name)!);
  } finally {
    await consumer.remove();
  }
}
