import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './command.ts';

/** The results of random sequences of faults. */
export interface RandomFaults {
  ok: boolean;
  /** One line per test file. */
  lines: string[];
  output: string;
}

/** Runs the property tests with this number of sequences each. They read FAULTS_SEED. */
export async function runRandomFaults(sequences: number, scratch: string): Promise<RandomFaults> {
  process.env.FAULTS_RUNS = String(sequences);
  process.env.FAULTS_LOG = join(scratch, 'random.txt');
  const { code, output } = await command('vitest', ['run', 'test/faults', '--reporter=dot']);
  const log = await readFile(process.env.FAULTS_LOG, 'utf8').catch(() => '');
  return { ok: code === 0, lines: log.split('\n').filter(Boolean), output };
}
