import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { sleep } from '../../src/core/sleep.ts';
import { bindKaggle } from '../../src/kaggle.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { writeJobId } from '../../src/services/kernels/job/id.ts';
import { withClock } from '../clock.ts';
import { stopTime } from '../time.ts';
import { createFake, createKernel } from './kernels-fake.ts';

type Verb = (client: KaggleClient, signal: AbortSignal | undefined) => Promise<unknown>;

const request = { slug: 'my-job-one', newTitle: 'My Job One', text: 'print(1)' };

const facts = { ref: 'alice/my-job-one', versionNumber: 3, kernelId: 500, pushedAt: 0, key: undefined };
const jobId = writeJobId(facts);

/** What a verb takes between the client and its options, where that is not one kernel. */
const inputs: Record<string, (ref: string) => readonly unknown[]> = {
  list: () => [{}],
  output: (ref) => [ref, '/out'],
  openRemote: (ref) => [ref, 'a.csv'],
  push: (ref) => [{ ...request, slug: ref.replace(/\/\d+$/, '') }],
  run: (ref) => [{ ...request, slug: ref.replace(/\/\d+$/, ''), output: '/out' }],
  start: (ref) => [{ ...request, slug: ref.replace(/\/\d+$/, '') }],
  map: (ref) => [[1], { ...request, slug: ref.replace(/\/\d+$/, '') }],
  sweepStep: (ref) => [[1], { ...request, slug: ref.replace(/\/\d+$/, '') }],
  watch: (ref) => [[ref]],
};

/** What takes a client and sends requests: the rest of the area's functions do not. */
const verbNames = Object.entries(bindKaggle(silentClient().client).kernels)
  .filter(([name, bound]) => !['attach', 'gpu'].includes(name) && bound !== (kernels as Record<string, unknown>)[name])
  .map(([name]) => name);

/** The methods of a job. */
const jobVerbs: Record<string, Verb> = Object.fromEntries(
  (['peek', 'logs', 'result', 'cancel'] as const).map((name): [string, Verb] => [
    `${name} of a job`,
    (client, signal) => kernels.attach(client, jobId)[name]({ signal }),
  ]),
);

const remote = (client: KaggleClient, ref: string) =>
  kernels.gpu(client, { ...request, text: 'def f(x): pass', entry: 'f', slug: ref.replace(/\/\d+$/, '') });

/** Every verb of the area, as a promise of all that it gives. */
const verbs = (ref: string): Record<string, Verb> => ({
  ...Object.fromEntries(
    verbNames.map((name): [string, Verb] => [
      name,
      async (client, signal) => {
        const bound = bindKaggle(client).kernels as unknown as Record<string, (...rest: unknown[]) => unknown>;
        const result = bound[name]!(...(inputs[name]?.(ref) ?? [ref]), { signal });
        return result instanceof Promise ? result : Array.fromAsync(result as AsyncIterable<unknown>);
      },
    ]),
  ),
  ...jobVerbs,
  'a remote function': (client, signal) => remote(client, ref)(1, { signal }),
  'start of a remote function': (client, signal) => remote(client, ref).start(1, { signal }),
  'map of a remote function': (client, signal) => remote(client, ref).map([1], { signal }).all(),
  'result of a remote function': (client, signal) => remote(client, ref).result(ref, { signal }),
  'start, with a key': (client, signal) =>
    kernels.start(client, { ...request, slug: ref.replace(/\/\d+$/, '') }, { key: 'a', signal }),
  'the live log': (client, signal) => kernels.logs(client, ref, { follow: true, signal }).next(),
});

/** A server that never answers, through a `fetch` that does not listen to signals. */
function silentClient(signal?: AbortSignal) {
  let asked = () => {};
  const request = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const client = createClient({
    token: async () => 'KGAT_test',
    endpoint: 'http://kaggle.test',
    platform: memoryPlatform(),
    ...(signal && { signal }),
    fetch: () => {
      asked();
      return new Promise<Response>(() => {});
    },
  });
  return { client, request };
}

describe.each([
  ['a bare slug', 'my-job-one'],
  ['a kernel', 'alice/my-job-one'],
  ['a version', 'alice/my-job-one/3'],
])('an abort, with %s', (_what, ref) => {
  const reason = new Error('enough');

  it.each(Object.entries(verbs(ref)))('ends %s at once, with its reason', async (_name, verb) => {
    const controller = new AbortController();
    const { client, request } = silentClient();
    const ended = verb(client, controller.signal);
    await Promise.race([request, ended]);
    controller.abort(reason);
    await expect(ended).rejects.toBe(reason);
  });

  it.each(Object.entries(verbs(ref)))('before it begins: %s', async (_name, verb) => {
    const { client } = silentClient();
    await expect(verb(client, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it.each(Object.entries(verbs(ref)))('of the client ends %s', async (_name, verb) => {
    const controller = new AbortController();
    const { client, request } = silentClient(controller.signal);
    const ended = verb(client, undefined);
    await Promise.race([request, ended]);
    controller.abort(reason);
    await expect(ended).rejects.toBe(reason);
  });
});

describe('the log connection of a run', () => {
  const push = { ...request, slug: 'alice/my-job-one' };
  const saved = { ref: '/code/alice/my-job-one', versionNumber: 1 };
  const stream = 'GET kernels/logs/stream/alice/my-job-one';

  /** A live log that says one line and stays open; `open` counts its connections. */
  function openLog() {
    const connections = { open: 0, opened: 0 };
    const answer = () => {
      connections.open++;
      connections.opened++;
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(new TextEncoder().encode('data: {"data":"working\\n"}\n\n')),
        cancel: () => void connections.open--,
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    return { connections, answer };
  }

  const setStatus = (state: ReturnType<typeof createKernel>['state'], status: string) => {
    state.versions[0]!.status = status;
  };
  /** Pauses of more than a second take none. */
  const hurry: Partial<Clock> = { sleep: (ms, signal) => sleep(ms > 1000 ? 0 : ms, signal) };

  const ends: [string, (fake: ReturnType<typeof createKernel>, stop: () => void) => void, kernels.RunOptions][] = [
    ['the kernel fails', ({ state }) => setStatus(state, 'ERROR'), {}],
    ['it is aborted', (_kernel, stop) => stop(), {}],
    ['it is aborted and cancelled', (_kernel, stop) => stop(), { cancelOnAbort: true, sessionId: 5 }],
    ['the time is up', () => {}, { timeout: 50 }],
    ['the kernel is deleted', ({ state }) => setStatus(state, 'NONE'), {}],
  ];

  it.each(ends)('is closed when run() rejects because %s', async (_why, end, options) => {
    const logged = Promise.withResolvers<void>();
    const pass = options.timeout === undefined ? undefined : stopTime();
    const controller = new AbortController();
    const kernel = createKernel({ status: 'RUNNING' });
    const { connections, answer } = openLog();
    const { client } = createFake({
      ...kernel.handlers,
      SaveKernel: () => saved,
      CancelKernelSession: () => ({}),
      [stream]: answer,
    });
    const running = kernels.run(withClock(client, hurry), push, {
      ...options,
      schedule: { first: 0.02, longest: 0.02 },
      signal: controller.signal,
      onLog: () => {
        end(kernel, () => controller.abort(new Error('enough')));
        logged.resolve();
      },
    });
    let over = false;
    const ended = running.finally(() => {
      over = true;
    });
    await Promise.all([expect(ended).rejects.toThrow(), logged.promise.then(() => pass?.(() => over))]);
    expect(connections).toEqual({ open: 0, opened: 1 });
  });

  it('is closed when what onLog throws ends the run', async () => {
    const { connections, answer } = openLog();
    const kernel = createKernel({ status: 'RUNNING' });
    const { client } = createFake({ ...kernel.handlers, SaveKernel: () => saved, [stream]: answer });
    const onLog = () => {
      kernel.state.versions[0]!.status = 'COMPLETE';
      throw new Error('my mistake');
    };
    await expect(kernels.run(withClock(client, hurry), push, { onLog, schedule: { first: 0.02 } })).rejects.toThrow(
      'my mistake',
    );
    expect(connections).toEqual({ open: 0, opened: 1 });
  });

  it('that is answered after the abort is closed', async () => {
    const controller = new AbortController();
    const kernel = createKernel({ status: 'RUNNING' });
    const { connections, answer } = openLog();
    let answerNow = () => {};
    const late = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    const { client } = createFake({
      ...kernel.handlers,
      SaveKernel: () => saved,
      [stream]: async () => {
        controller.abort(new Error('enough'));
        await late;
        return answer();
      },
    });
    await expect(kernels.run(client, push, { signal: controller.signal })).rejects.toThrow('enough');
    answerNow();
    await expect.poll(() => connections).toEqual({ open: 0, opened: 1 });
  });
});
