import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Client } from './clients/index.ts';

/** What one run of a client measured: numbers by name, such as `seconds` and `peakMiB`. */
export type Sample = Record<string, number>;

/** Runs a client to its end. `wallSeconds` is from before its start until after its end; the rest is what it printed. */
export function run(client: Client, args: readonly string[]): Promise<Sample> {
  const started = performance.now();
  const child = spawn(client.command, [...client.args, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...client.env },
  });
  let output = '';
  let complaint = '';
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
    });
    child.once('close', (code) => {
      if (code === 0) resolve({ ...JSON.parse(output), wallSeconds });
      else reject(new Error(`${client.name} ended with ${code}: ${complaint || output}`));
    });
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
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
