import { describe, expect, test } from 'vitest';
import { type PushRequest, push, start } from '../../src/services/kernels/index.ts';
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
    /** Code of the request. */
    code?: Partial<PushRequest>;
    /** Effects from one kill to the next. */
    stride?: number;
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
    { name: 'a new kernel that shows after 50 s', store: memoryState, earlier: 0, late: 50 },
    { name: 'another push in between', store: memoryState, earlier: 1, between: true },
    { name: 'another push in between, shown late', store: memoryState, earlier: 1, between: true, late: 30 },
    { name: 'a day in between', store: memoryState, earlier: 1, between: true, pause: 86_400 },
    {
      name: 'a folder that is uploaded as a dataset',
      store: memoryState,
      earlier: 0,
      code: { text: undefined, files: { 'a.py': 'print(1)', 'b.bin': new Uint8Array(300_000) }, entry: 'a.py' },
      stride: 7,
    },
    { name: 'no store', store: () => undefined, earlier: 1, between: true },
  ];
  test.each(cases)('starts one run whatever kills the process: $name', async ({ store, earlier, late, ...rest }) => {
    const { between = false, pause = 0, code = {}, stride = 1 } = rest;
    const job = { ...request, ...code };
    let kills = 0;
    for (let at = 1; ; at += stride) {
      let finished = true;
      for (const when of ['before', 'after'] as const) {
        const kill: Kill = { at, when };
        const world = createWorld({ state: store(), ...(late && { late }) });
        for (let number = 1; number <= earlier; number++) {
          await push(world.connect().client, { ...request, text: `print("earlier ${number}")` });
          world.wait(100);
        }
        const first = world.connect(kill);
        const ended = await start(first.client, job, { key }).catch((error: unknown) => error);
        if (first.effects() >= at) finished = false;
        if (ended instanceof Error) kills++;
        if (between) await push(world.connect().client, { ...request, text: 'print("between")' });
        world.wait(pause);
        const { versionNumber } = await start(world.connect().client, job, { key });
        const ours = world.versions().filter(({ text }) => text.includes('print(1)'));
        expect(
          ours.map(({ number }) => number),
          `killed ${when} ${at}`,
        ).toEqual([versionNumber]);
      }
      if (finished) break;
    }
    expect(kills).toBeGreaterThan(3);
  });
});

describe('a start whose response is lost', () => {
  const lost: [string, () => Response | Promise<never>][] = [
    ['a 503', () => new Response('busy', { status: 503 })],
    ['a web page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['no response', () => Promise.reject(new TypeError('reset'))],
  ];
  test.each(lost)('finds the version that Kaggle has saved, after others have pushed: %s', async (_what, response) => {
    let pushes = 0;
    const world = createWorld({
      late: 5,
      async answer(method, sent, ask) {
        if (method !== 'SaveKernel' || ++pushes > 1) return ask(sent);
        await ask(sent);
        await push(world.connect().client, { ...request, text: 'print("other")' });
        return response();
      },
    });
    for (const options of [{}, { key }]) {
      pushes = 0;
      const job = await start(world.connect().client, request, options);
      expect(world.versions()[job.versionNumber - 1]?.text).toContain('print(1)');
    }
    expect(world.versions()).toHaveLength(4);
  });

  test('says that the same key finds it, if it does not show', async () => {
    const state = memoryState();
    let pushes = 0;
    const world = createWorld({
      state,
      late: 50,
      async answer(method, request, ask) {
        if (method !== 'SaveKernel' || ++pushes > 1) return ask(request);
        await ask(request);
        return new Response('busy', { status: 503 });
      },
    });
    await expect(start(world.connect().client, request, { key })).rejects.toThrow(
      'Kaggle may have saved the version; start again with the same key, which finds it',
    );
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test('gets its version number by the mark if Kaggle does not return it', async () => {
    const world = createWorld({
      async answer(method, request, ask) {
        const response = await ask(request);
        return method === 'SaveKernel' ? Response.json({ ...(await response.json()), versionNumber: 0 }) : response;
      },
    });
    expect((await start(world.connect().client, request)).versionNumber).toBe(1);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
  });
});
