import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './command.ts';

/** What random sequences of faults came to. */
export interface RandomFaults {
  ok: boolean;
  /** One line for each of the test files, as they print it. */
  lines: string[];
  output: string;
}

/** Runs the property tests with so many sequences each; FAULTS_SEED is handed on. */
export async function runRandomFaults(sequences: number, scratch: string): Promise<RandomFaults> {
  process.env.FAULTS_RUNS = String(sequences);
  process.env.FAULTS_LOG = join(scratch, 'random.txt');
  const { code, output } = await command('vitest', ['run', 'test/faults', '--reporter=dot']);
  const log = await readFile(process.env.FAULTS_LOG, 'utf8').catch(() => '');
  return { ok: code === 0, lines: log.split('\n').filter(Boolean), output };
}
