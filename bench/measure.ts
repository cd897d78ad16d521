import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import type { Client } from './clients/index.ts';
import { median } from './interval.ts';

/** What one run of a client measured: numbers by name, such as `seconds` and `peakMiB`. */
export type Sample = Record<string, number>;

const time = '/usr/bin/time';
const timed = process.platform === 'linux' && existsSync(time);
/** What `time` says at the end of stderr. */
const timeFormat = 'bench: %e s, %U+%S s, %M KiB';

/** The client that runs, with all that it started. */
let running: number | undefined;

/** Ends the client that runs, if any: the bench itself is at its end. */
export function stopClient(): void {
  if (running === undefined) return;
  try {
    process.kill(-running, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The most memory of a running process so far, in MiB, where the system tells. */
function peakOf(pid: number): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) / 1024 : 0;
  } catch {
    return 0;
  }
}

/** The last line that is JSON; official clients print more than that, or nothing. */
function printed(output: string): Sample {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? JSON.parse(line) : {};
}

/**
 * Runs a client to its end, with the variables of `env` beside its own. `wallSeconds` is from before its start until after its end; `cpuSeconds` and `peakMiB` are
 * what the system says about the process, unless it printed its own; the rest is what it printed.
 */
export function run(
  client: Client,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Sample> {
  const started = performance.now();
  const command = [client.command, ...client.args, ...args];
  const child = spawn(timed ? time : command[0]!, timed ? ['-f', timeFormat, ...command] : command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NO_COLOR: '1', ...env, ...client.env },
  });
  running = child.pid;
  let output = '';
  let complaint = '';
  let peak = 0;
  const watch = timed ? undefined : setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), 20);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    let wallSeconds = 0;
    child.once('exit', () => {
      wallSeconds = (performance.now() - started) / 1000;
      clearInterval(watch);
      running = undefined;
    });
    child.once('close', (code) => {
      if (code !== 0) return reject(new Error(`${client.name} ended with ${code}: ${complaint || output}`));
      const found = /bench: ([\d.]+) s, ([\d.]+)\+([\d.]+) s, (\d+) KiB/.exec(complaint);
      if (found) peak = Number(found[4]) / 1024;
      resolve({
        ...(peak > 0 && { peakMiB: peak }),
        ...(found && { cpuSeconds: Number(found[2]) + Number(found[3]) }),
        ...printed(output),
        wallSeconds,
      });
    });
  });
}

/** Each round runs every client once, in a turned order, so that what else the machine does meets all of them alike. */
export async function interleave(
  clients: readonly Client[],
  rounds: number,
  args: readonly string[],
  onRun: (round: number, client: Client, sample: Sample) => void = () => {},
): Promise<Map<Client, Sample[]>> {
  const samples = new Map<Client, Sample[]>(clients.map((client) => [client, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < clients.length; turn++) {
      const client = clients[(turn + round) % clients.length]!;
      const sample = await run(client, args);
      samples.get(client)!.push(sample);
      onRun(round, client, sample);
    }
  }
  return samples;
}

/** The median of each number over the runs. */
export function middle(samples: readonly Sample[]): Sample {
  const names = Object.keys(samples[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(samples.map((sample) => sample[name] ?? Number.NaN))]));
}
