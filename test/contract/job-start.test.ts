import { describe, expect, test } from 'vitest';
import { push, start } from '../../src/services/kernels/index.ts';
import { createWorld, type Kill, memoryState } from './job-world.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const key = 'nightly/1';

describe('start with a key', () => {
  test('starts one run, also from a process without the state store', async () => {
    const world = createWorld({ state: memoryState() });
    const first = await start(world.connect().client, request, { key });
    const second = await start(world.connect().client, request, { key });
    expect(second.id).toBe(first.id);
    expect(second.key).toBe(key);
    const other = await start(world.connect().client, request, { key: 'nightly/2' });
    expect(other.versionNumber).toBe(2);
    const alone = createWorld();
    const [one, two] = [alone.connect(), alone.connect()];
    const { ref, versionNumber } = await start(one.client, request, { key });
    await push(one.client, { ...request, text: 'print(2)' });
    expect(await start(two.client, request, { key })).toMatchObject({ ref, versionNumber, key });
    expect(alone.versions()).toHaveLength(2);
  });

  interface Case {
    name: string;
    late?: number;
    store: () => ReturnType<typeof memoryState> | undefined;
    /** Versions before. */
    earlier: number;
    /** Another push between the kill and the next process. */
    between?: boolean;
    /** Seconds between the kill and the next process. */
    pause?: number;
  }
  const withoutClaim = () => ({ ...memoryState(), claim: undefined! });
  const cases: Case[] = [
    { name: 'a new kernel', store: memoryState, earlier: 0 },
    { name: 'a kernel with versions', store: memoryState, earlier: 2 },
    { name: 'a store without locks', store: withoutClaim, earlier: 1 },
    { name: 'versions that show after 30 s', store: memoryState, earlier: 1, late: 30 },
    { name: 'a new kernel that shows after 90 s', store: memoryState, earlier: 0, late: 90 },
    { name: 'another push in between', store: memoryState, earlier: 1, between: true },
    { name: 'another push in between, shown late', store: memoryState, earlier: 1, between: true, late: 30 },
    { name: 'a day in between', store: memoryState, earlier: 1, between: true, pause: 86_400 },
    { name: 'no store', store: () => undefined, earlier: 1, between: true },
  ];
  test.each(cases)('starts one run whatever kills the process: $name', async ({ store, earlier, late, ...rest }) => {
    const { between = false, pause = 0 } = rest;
    let kills = 0;
    for (let at = 1; ; at++) {
      let finished = true;
      for (const when of ['before', 'after'] as const) {
        const kill: Kill = { at, when };
        const world = createWorld({ state: store(), ...(late && { late }) });
        for (let number = 1; number <= earlier; number++) {
          await push(world.connect().client, { ...request, text: `print("earlier ${number}")` });
          world.wait(100);
        }
        const first = world.connect(kill);
        const ended = await start(first.client, request, { key }).catch((error: unknown) => error);
        if (first.effects() >= at) finished = false;
        if (ended instanceof Error) kills++;
        if (between) await push(world.connect().client, { ...request, text: 'print("between")' });
        world.wait(pause);
        const job = await start(world.connect().client, request, { key });
        const ours = world.versions().filter(({ text }) => text.includes('print(1)'));
        expect(
          ours.map(({ number }) => number),
          `killed ${when} ${at}`,
        ).toEqual([job.versionNumber]);
      }
      if (finished) break;
    }
    expect(kills).toBeGreaterThan(4);
  });
});
