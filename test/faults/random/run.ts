import { appendFileSync } from 'node:fs';
import process from 'node:process';
import fc from 'fast-check';
import { expect } from 'vitest';
import { isKaggleError } from '../../../src/index.ts';
import type { Emulator, Fault } from '../../../src/testing/index.ts';
import { everythingOf } from '../../conformance/assert.ts';
import { explains } from './faults.ts';

/** What all runs of this process did. */
export const counts: Record<'runs' | 'met' | 'survived' | 'refused', number> = {
  runs: 0,
  met: 0,
  survived: 0,
  refused: 0,
};

/** `FAULTS_SEED` replays; `FAULTS_RUNS` says how many sequences there are where usually there are 250. */
export const seed: number = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
export const runs = (few: number): number => Math.ceil((Number(process.env.FAULTS_RUNS ?? 250) / 250) * few);

/** Holds `property` against random values; what fails is shrunk, and the message has the seed. */
export async function hold<T>(values: fc.Arbitrary<T>, few: number, property: (value: T) => Promise<void>) {
  const checked = fc.asyncProperty(values, property);
  await fc.assert(checked, { seed, numRuns: runs(few), endOnFailure: false, interruptAfterTimeLimit: 600_000 });
}

/** Throws unless an error is a clean refusal: one of ours, for a fault that was met, and without a secret. */
function checkRefusal(error: unknown, faults: readonly Fault[], met: number): void {
  if (!isKaggleError(error)) throw new Error(`not one of our errors: ${error}`, { cause: error });
  if (met === 0) throw new Error(`refused without a fault: ${error.message}`, { cause: error });
  if (!explains(error.message, faults))
    throw new Error(`refused for another reason: ${error.message}`, { cause: error });
  const all = everythingOf(error);
  for (const secret of [/KGAT_test/, /Signature=[0-9a-f]/, /upload_id=[0-9a-f]/]) {
    if (secret.test(all)) throw new Error(`the error gives away ${secret}: ${error.message}`);
  }
}

export function firstDifference(found: Uint8Array, wanted: Uint8Array): string | undefined {
  if (found.length !== wanted.length) return `${found.length} bytes, not ${wanted.length}`;
  for (let at = 0; at < found.length; at++) if (found[at] !== wanted[at]) return `byte ${at} differs`;
  return undefined;
}

/** Says what the sequences came to, and with which seed; also in the file FAULTS_LOG. */
export function summarize(where: string): void {
  const { runs: all, met, survived, refused } = counts;
  const line = `${where}: ${all} sequences, ${met} faults, ${survived} survived, ${refused} refused; seed ${seed}`;
  console.info(`random faults ${line}`);
  if (process.env.FAULTS_LOG) appendFileSync(process.env.FAULTS_LOG, `${line}\n`);
}

/** Fails where so many sequences were refused that something else must be wrong than their faults. */
export function expectSurvivors(part: number, before: typeof counts): void {
  const [survived, refused] = [counts.survived - before.survived, counts.refused - before.refused];
  expect(
    survived / (survived + refused),
    `${survived} survived, ${refused} were refused; seed ${seed}`,
  ).toBeGreaterThan(part);
}

/** What comes of it under these faults, or `undefined` for a clean refusal. */
export async function outcome<T>(
  work: Promise<T>,
  { faults }: Pick<Emulator, 'faults'>,
  given: readonly Fault[],
): Promise<T | undefined> {
  counts.runs++;
  try {
    const result = await work;
    counts.survived++;
    return result;
  } catch (error) {
    checkRefusal(error, given, faults.met);
    counts.refused++;
    return undefined;
  } finally {
    counts.met += faults.met;
  }
}
