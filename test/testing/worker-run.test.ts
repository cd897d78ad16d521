import { expect, onTestFinished, test, vi } from 'vitest';
import { openWorker, type WorkerHandle } from '../../src/testing/executors/worker.ts';
import { runInWorker } from '../../src/testing/executors/worker-run.ts';
import type { Executor, Job, JobResult } from '../../src/testing/index.ts';
import { ended, push, quiet } from './support.ts';

interface Fake {
  result: Promise<JobResult>;
  log: string[];
  /** What the worker says. */
  say(message: unknown): void;
  end(why: string): void;
  abort: AbortController;
}

/** A run in a worker that says what the test wants. */
function start(): Fake {
  const log: string[] = [];
  const abort = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  let say: Fake['say'] = () => {};
  const worker: WorkerHandle = {
    post: () => {},
    onMessage: (listener) => {
      say = listener;
    },
    ended,
    terminate: async () => {},
  };
  const job: Job = {
    text: '',
    language: 'python',
    kernelType: 'script',
    inputs: [],
    env: {},
    timeout: 60,
    signal: abort.signal,
    onStart: () => log.push('started'),
    onCollect: () => log.push('over'),
    onOutput: (stream, data) => log.push(`${stream}: ${data}`),
  };
  const result = runInWorker(worker, job);
  return { result, log, say: (message) => say(message), end, abort };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test('forged messages, and files that leave the folder, are dropped', async () => {
  const { result, log, say } = start();
  for (const forged of [
    undefined,
    null,
    'result',
    7,
    [],
    {},
    { type: '__proto__' },
    { type: 'output', stream: 'constructor', data: 'x' },
    { type: 'output', stream: 'stdout', data: { toString: 'x' } },
    { type: 'result' },
    { type: 'result', files: { length: 1 } },
    { type: 'broken', message: {} },
  ])
    say(forged);
  say({ type: 'output', stream: 'stdout', data: 'real' });
  const names = ['a.txt', '__proto__', 'b\\c', '', '/etc/x', '../x', 'a/../../x', 'a//b', '.', 'x\0y'];
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const files = [
    ...names.map((name) => ({ name, data: bytes('1'), size: 'more' })),
    { name: 7, data: bytes('') },
    { name: 'text', data: 'text' },
    { name: 'numbers', data: new Uint32Array(1) },
    { name: 'shared', data: shared },
    null,
  ];
  say({ type: 'result', files, failureMessage: 'x'.repeat(1e6) });
  const { files: kept, failureMessage } = await result;
  expect(kept).toEqual(['a.txt', '__proto__', 'b\\c'].map((name) => ({ name, data: bytes('1') })));
  expect(failureMessage).toHaveLength(10_000);
  expect(log).toEqual(['stdout: real']);
});

test('messages after the result are ignored', async () => {
  const { result, log, say } = start();
  say({ type: 'result', files: [] });
  say({ type: 'output', stream: 'stdout', data: 'late' });
  say({ type: 'started' });
  expect(await result).toEqual({ files: [], failureMessage: undefined });
  expect(log).toEqual([]);
});

test('a run ends with its worker, and the log says so', async () => {
  const { result, log, end } = start();
  end('it is gone');
  expect(await result).toEqual({ files: [], failureMessage: 'it is gone' });
  expect(log).toEqual(['stderr: emulator: it is gone: its output files are lost\n']);
});

test('a kernel that does not stop is terminated, and the log says so', async () => {
  const { result, log, abort } = start();
  abort.abort(new Error('it was cancelled'));
  expect(await result).toEqual({ files: [], failureMessage: 'it was cancelled' });
  expect(log).toEqual([expect.stringMatching(/^stderr: .*did not stop.*output files are lost\n$/)]);
});

test('a kernel that has stopped gets time to collect its files', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { result, log, say, abort } = start();
  abort.abort(new Error('it was cancelled'));
  vi.advanceTimersByTime(1900);
  say({ type: 'over' });
  vi.advanceTimersByTime(30_000);
  say({ type: 'result', files: [{ name: 'a', data: bytes('1') }] });
  expect(await result).toEqual({ files: [{ name: 'a', data: bytes('1') }], failureMessage: undefined });
  expect(log).toEqual(['over']);
});

test.each([
  ['process.exit(7)', 'exited during the run'],
  ['throw new Error("oh")', 'failed: oh'],
])('a thread that does %s is known to have ended, also by who asks later', async (code, words) => {
  const worker = await openWorker(`data:text/javascript,${encodeURIComponent(code)}`);
  await worker.ended;
  expect(await worker.ended).toContain(words);
});

test('a run that never starts ends, and the log says so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const hangs: Executor = {
    announcesStart: true,
    run: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ files: [] }))),
  };
  const emulator = quiet({ executor: hangs });
  await push(emulator, '', { sessionTimeoutSeconds: 1 });
  await vi.advanceTimersByTimeAsync(1_700_000);
  expect(emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.status).toBe('RUNNING');
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await ended(emulator)).toMatchObject({ status: 'ERROR', stderr: 'the run did not start within 1800 s\n' });
});
