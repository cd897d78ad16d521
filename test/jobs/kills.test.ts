import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { content, createWorld, drive, isSame, type Kill, made, megabyte, planOf, type World } from './world.ts';

type Files = Record<string, Uint8Array<ArrayBuffer>>;

const small = { 'a.bin': content(2000, 1), 'b/c.csv': content(100, 2), 'empty.txt': content(0, 1) };
// With parts of 1,000 bytes.
const results = { 'model.bin': content(2500, 3), 'deep/log.txt': content(10, 4), none: content(0, 1) };
// Three parts.
const large = { 'a.bin': content(4 * megabyte + 5, 1) };

/** A job, in a world where everything new shows late. */
function jobOf(files: Files, output: Files, existing: boolean) {
  const emulator = { lag: 4000, processing: 3000, hashes: 'crc32c' } as const;
  const world = () => createWorld({ files, output, existing, partSize: 1000, late: 8000, emulator });
  const number = existing ? 2 : 1;
  const plan = planOf(Object.keys(files));

  /** Exactly one version and one run, with the right bytes, whatever happened on the way. */
  function check({ target, ...rest }: World): void {
    const { versions, runs } = made({ target, ...rest });
    expect([versions.length, runs.length]).toEqual([number, number]);
    const stored = versions.at(-1)!.files.map(({ name, data }) => [name, data as Uint8Array] as const);
    for (const [found, expected] of [
      [new Map(stored), files],
      [target.files, output],
    ] as const) {
      expect([...found.keys()].sort()).toEqual(Object.keys(expected).sort());
      for (const [name, data] of Object.entries(expected)) expect(isSame(found.get(name), data), name).toBe(true);
    }
  }

  /** Runs the job with the kills, and checks the result. */
  async function survives(kill: (process: number) => Kill | undefined): Promise<void> {
    const own = world();
    const state = await drive(own, plan, { bytes: 2 * megabyte, kill });
    expect(state.step, JSON.stringify(state.error)).toBe('done');
    check(own);
  }

  /** All effects of the job: which process, and which of its effects. */
  async function places(steps: readonly string[]) {
    const own = world();
    const processes: { readonly effects: number }[] = [];
    const order: string[] = [];
    const open: World['open'] = (...given) => {
      const process = own.open(...given);
      processes.push(process);
      return process;
    };
    await drive({ ...own, open }, plan, { bytes: 2 * megabyte, onTurn: (_turn, { step }) => order.push(step) });
    return processes.flatMap(({ effects }, process) =>
      steps.length === 0 || steps.includes(order[process]!)
        ? Array.from({ length: effects }, (_, at) => ({ process, at, step: order[process]! }))
        : [],
    );
  }
  return { places, survives };
}

describe('kills', () => {
  test.each([
    ['small files, in every step, with a dataset and a kernel that exist', small, results, true, []],
    ['a file of several parts, in the steps that upload it', large, {}, false, ['upload']],
  ])('at every effect, before and after it: one version, one run, all bytes (%s)', async (_name, files, output, existing, steps) => {
    const { places, survives } = jobOf(files, output, existing);
    const found = await places(steps);
    expect(found.length).toBeGreaterThan(steps.length === 0 ? 40 : 5);
    for (const [index, { process, at, step }] of found.entries()) {
      // Every other place of the steps that repeat nothing dangerous, to save time.
      for (const after of ['version', 'push'].includes(step) ? [false, true] : [index % 2 === 0])
        await survives((nth) => (nth === process ? { at, after } : undefined));
    }
  });

  test.each([
    ['new', false],
    ['existing', true],
  ])('at random, several in one job, with a dataset and a kernel that are %s', async (_name, existing) => {
    const { survives } = jobOf(small, results, existing);
    const kills = fc.dictionary(fc.nat(30).map(String), fc.record({ at: fc.nat(14), after: fc.boolean() }), {
      minKeys: 4,
      maxKeys: 20,
    });
    await fc.assert(
      fc.asyncProperty(kills, (chosen) => survives((process) => chosen[process])),
      { numRuns: 10 },
    );
  });
});
