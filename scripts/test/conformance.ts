import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { CaseResult } from '../../test/conformance/context.ts';
import type { Addresses } from '../../test/conformance/server/servers.ts';
import type { Round } from '../../test/conformance/transports.ts';
import type { RuntimeName } from '../../test/runtimes/names.ts';
import { type Bundles, starterOf } from '../../test/runtimes/start.ts';
import type { SuiteName } from '../../test/suites.ts';
import { bundleAll } from './bundles.ts';
import { installTarball } from './consumer.ts';

/** The results of one runtime. */
export interface Column {
  runtime: RuntimeName;
  results: CaseResult[];
  /** Why the run was aborted. Counts as one more failure. */
  broken?: string;
  seconds: number;
}

/** Which cases to run. */
export interface Selection {
  runtimes: readonly RuntimeName[];
  rounds: readonly Round[];
  /** Only cases whose `group/name` contains this. */
  filter?: string;
  suite?: SuiteName;
}

/**
 * Starts one process with the servers of all runtimes: for each runtime, one for each round. It ends when its standard input is
 * closed.
 */
async function startServers(
  { server, chromium }: Bundles & { server: string },
  { runtimes, rounds }: Selection,
): Promise<{ addresses: Addresses[][]; stop(): Promise<void> }> {
  // Python is compiled once and runs for a moment: optimizing it would take as long as all that it does.
  const args = ['--liftoff-only', server, chromium, String(runtimes.length), ...rounds.map(({ over }) => over)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then(() => {
      throw new Error('cannot start the conformance server: it exited without an address');
    }),
  ]);
  return {
    addresses: JSON.parse(first) as Addresses[][],
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
  bundles: Bundles,
  addresses: readonly Addresses[],
  { rounds, filter, suite = 'conformance' }: Selection,
): Promise<Column> {
  const column: Column = { runtime, results: [], seconds: 0 };
  const started = Date.now();
  const scratch = await mkdtemp(join(tmpdir(), `kaggle-ts-${runtime}-`));
  try {
    const start = await starterOf(runtime);
    const settings = rounds.map((round, index) => ({
      ...round,
      ...addresses[index]!,
      runtime,
      suite,
      filter,
      scratch,
    }));
    await start(settings, bundles, (result) => column.results.push(result));
  } catch (error) {
    column.broken = (error as Error).message;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    column.seconds = (Date.now() - started) / 1000;
  }
  return column;
}

/**
 * Runs a suite on the runtimes, `atOnce` of them in parallel, against the packed tarball. The default is all, even on a small
 * machine: each runtime mostly waits. Calls `onColumn` after each runtime.
 */
export async function runConformance(
  selection: Selection,
  onColumn: (column: Column) => void,
  atOnce: number = selection.runtimes.length,
): Promise<Column[]> {
  const consumer = await installTarball();
  let stop: (() => Promise<void>) | undefined;
  try {
    const bundles = await bundleAll(consumer.folder);
    const served = await startServers(bundles, selection);
    stop = served.stop;
    const columns: Column[] = [];
    const queue = selection.runtimes.entries();
    const work = async () => {
      for (const [index, runtime] of queue) {
        columns[index] = await runColumn(runtime, bundles, served.addresses[index]!, selection);
        onColumn(columns[index]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return columns;
  } finally {
    await stop?.();
    await consumer.remove();
  }
}
