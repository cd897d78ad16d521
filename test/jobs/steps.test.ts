import { describe, expect, test } from 'vitest';
import { content, createWorld, drive, isSame, made, megabyte, planOf } from './world.ts';

const files = { 'a.bin': content(10 * megabyte + 5, 1), 'b/c.csv': content(100, 2), 'empty.txt': content(0, 1) };
const output = { 'model.bin': content(9 * megabyte + 3, 3), 'log.txt': content(10, 4), none: content(0, 1) };

describe('a whole job', () => {
  test('takes the steps in their order, each with the requests of a free invocation', async () => {
    const world = createWorld({ files, output });
    const steps: string[] = [];
    let before = 0;
    const state = await drive(world, planOf(Object.keys(files)), {
      bytes: 8 * megabyte,
      onTurn(_turn, { step }) {
        if (steps.at(-1) !== step) steps.push(step);
        const requests = world.emulator.state.requests.length - before;
        before += requests;
        expect(requests, step).toBeLessThan(50);
      },
    });
    expect(steps).toEqual(['prepare', 'upload', 'version', 'ready', 'push', 'running', 'fetch']);
    expect(state).toMatchObject({
      step: 'done',
      dataset: { ref: 'alice/my-points/1', versionNumber: 1 },
      run: { ref: 'alice/my-training', versionNumber: 1 },
      status: 'COMPLETE',
    });
    const { versions, runs } = made(world);
    expect([versions.length, runs.length]).toEqual([1, 1]);
    for (const { name, data } of versions[0]!.files)
      expect(isSame(data as Uint8Array, files[name as keyof typeof files]), name).toBe(true);
    for (const [name, data] of Object.entries(output))
      expect(isSame(world.target.files.get(name), data), name).toBe(true);
    expect(runs[0]!.request.datasetDataSources).toEqual(['alice/my-points']);
  });
});
