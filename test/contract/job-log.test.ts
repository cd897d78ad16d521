import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { attach, type Job, type LogEntry, start } from '../../src/services/kernels/index.ts';
import { logStart } from '../../src/services/kernels/job/cursor.ts';
import { type JobFacts, writeJobId } from '../../src/services/kernels/job/id.ts';
import { createLogPage } from '../../src/services/kernels/job/log-page.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';
import { withClock } from '../clock.ts';
import { createFake, fakeClock, json, refuse } from './kernels-fake.ts';

const facts: JobFacts = { ref: 'alice/my-job-one', versionNumber: 1, kernelId: 500, pushedAt: 0, key: undefined };
const id = writeJobId(facts);
const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };

type Stream = LogEntry['stream'];
const out = (data: string, stream: Stream = 'stdout'): LogEntry => ({ stream, time: 1, data });
const textOf = (entries: readonly LogEntry[], stream: Stream = 'stdout') =>
  entries
    .filter((entry) => entry.stream === stream)
    .map(({ data }) => data)
    .join('');
const bytesOf = (entries: readonly LogEntry[]) =>
  entries.reduce((sum, { data }) => sum + new TextEncoder().encode(data).length, 0);

/** Reads a log to its end, and returns its pages. */
async function pagesOf(job: Job, maxBytes?: number): Promise<LogEntry[][]> {
  const pages: LogEntry[][] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await job.logs({ cursor, maxBytes });
    pages.push(page.entries);
    cursor = page.cursor;
    if (page.ended) return pages;
  }
}

describe('a page of a log', () => {
  const log = [out('héllo\n'), out('wörld 🎉🎉\n', 'stderr'), out('bye\n')];
  /** The data of the entries of each page. */
  function pagesBy(maxBytes: number): string[][] {
    const pages: string[][] = [];
    let position = logStart;
    for (let more = true; more; ) {
      const page = createLogPage(position, maxBytes);
      for (const entry of log) page.take(entry);
      pages.push(page.entries.map(({ data }) => data));
      position = page.end;
      more = page.more;
    }
    return pages;
  }

  test('counts bytes, and splits no character', () => {
    expect(pagesBy(1000)).toEqual([['héllo\n', 'wörld 🎉🎉\n', 'bye\n']]);
    expect(pagesBy(7)).toEqual([['héllo\n'], ['wörld '], ['🎉'], ['🎉\n', 'by'], ['e\n']]);
    expect(pagesBy(3)).toEqual([['hé'], ['llo'], ['\n', 'w'], ['ör'], ['ld '], ['🎉'], ['🎉'], ['\n', 'by'], ['e\n']]);
  });

  test('has at least one character, even if it is larger than the page', () => {
    expect(pagesBy(1).flat()).toEqual([...'héllo\nwörld 🎉🎉\nbye\n']);
  });

  test('loses nothing and repeats nothing, however the log is split', () => {
    let seed = 7;
    const pick = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 60; round++) {
      const whole = Array.from({ length: pick(30) }, (_, line) =>
        out(`${line} ${'añ🎉x'.repeat(pick(8))}\n`, pick(2) ? 'stdout' : 'stderr'),
      );
      /** The entries, joined and split at random, without a change of the text of a stream. */
      const split = () =>
        whole.flatMap((entry) => {
          const characters = [...entry.data];
          const at = pick(characters.length + 1);
          const parts = [characters.slice(0, at).join(''), characters.slice(at).join('')];
          return parts.filter(Boolean).map((data) => ({ ...entry, data }));
        });
      const got: LogEntry[] = [];
      let position = logStart;
      for (let more = true; more; ) {
        const maxBytes = 1 + pick(200);
        const page = createLogPage(position, maxBytes);
        for (const entry of split()) page.take(entry);
        if (page.more) expect(page.entries.length).toBeGreaterThan(0);
        got.push(...page.entries);
        position = page.end;
        more = page.more;
      }
      for (const stream of ['stdout', 'stderr'] as const) expect(textOf(got, stream)).toBe(textOf(whole, stream));
    }
  });
});

describe('the log of a job', () => {
  test('is read in pages while the run goes on, and after its end', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let printed = () => {};
    const half = new Promise<void>((resolve) => {
      printed = resolve;
    });
    const executor = scriptedExecutor(async (run) => {
      run.onOutput('stdout', '##kaggle-ts session=123##\n');
      for (let line = 0; line < 50; line++) run.onOutput(line % 7 ? 'stdout' : 'stderr', `line ${line}\n`);
      printed();
      await opened;
      for (let line = 50; line < 100; line++) run.onOutput('stdout', `line ${line}\n`);
    });
    const emulator = createEmulator({ executor, lag: 0 });
    const connect = () => createClient({ token: 'KGAT_test', fetch: emulator.fetch, platform: memoryPlatform() });
    const job = await start(connect(), request);
    await half;
    const got: LogEntry[] = [];
    let cursor: string | undefined;
    for (let look = 1; ; look++) {
      // Each look is another process.
      const page = await attach(connect(), job.id).logs({ cursor, maxBytes: 150 });
      expect(bytesOf(page.entries)).toBeLessThanOrEqual(150);
      got.push(...page.entries);
      cursor = page.cursor;
      expect(cursor.length).toBeLessThan(60);
      if (look === 2) open();
      if (page.ended) break;
      if (!page.more) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const lines = Array.from({ length: 100 }, (_, line) => `line ${line}\n`);
    expect(textOf(got, 'stderr')).toBe(lines.filter((_, line) => line < 50 && line % 7 === 0).join(''));
    expect(textOf(got)).toBe(lines.filter((_, line) => line >= 50 || line % 7 > 0).join(''));
    // Once more: nothing is left.
    expect(await job.logs({ cursor })).toMatchObject({ entries: [], cursor, more: false, ended: true });
  });

  test('of 100,000 lines costs one request for all pages of a handle', async () => {
    const lines = Array.from({ length: 100_000 }, (_, line) => out(`${line}: a line of the log\n`));
    const log = JSON.stringify(lines.map(({ data, time }) => ({ stream_name: 'stdout', time, data })));
    const { client, called } = createFake({
      GetKernelSessionStatus: () => ({ status: 'COMPLETE' }),
      ListKernelSessionOutput: () => ({ files: [], log }),
    });
    const pages = await pagesOf(attach(client, id));
    expect(pages.length).toBe(Math.ceil(bytesOf(lines) / 65_536));
    expect(textOf(pages.flat())).toBe(textOf(lines));
    expect(called()).toEqual(['GetKernelSessionStatus', 'ListKernelSessionOutput']);
  });

  const event = (data: string) => `data: ${JSON.stringify({ stream_name: 'stdout', time: 1, data })}\n\n`;
  const stream = (...chunks: string[]) =>
    new Response(chunks.join(''), { headers: { 'content-type': 'text/event-stream' } });
  const path = 'GET kernels/logs/stream/alice/my-job-one';

  test('is the same live and stored, however it is split and whatever else the connection carries', async () => {
    let status = 'RUNNING';
    const live = [event('on'), event('e\ntw'), 'data: heartbeat\n\n'];
    const { client } = createFake({
      GetKernelSessionStatus: () => ({ status }),
      [path]: () => stream(...live),
      ListKernelSessionOutput: () => ({
        files: [],
        log: JSON.stringify(['one\n', 'two\nthr', 'ee\n'].map((data) => ({ stream_name: 'stdout', time: 1, data }))),
      }),
    });
    const job = attach(client, id);
    const first = await job.logs();
    expect(first.entries.map(({ data }) => data)).toEqual(['on', 'e\ntw', 'heartbeat\n']);
    live.push(event('o\n'));
    const second = await job.logs({ cursor: first.cursor });
    expect(second.entries.map(({ data }) => data)).toEqual(['o\n']);
    status = 'COMPLETE';
    const third = await job.logs({ cursor: second.cursor });
    expect(textOf(third.entries)).toBe('three\n');
    expect(third.ended).toBe(true);
  });

  test('lacks the line that tells the session, also if a look ends within it', async () => {
    const live = ['##kagg', 'le-ts session=12', '345##\none\n', 'two\n'].map(event);
    let shown = 1;
    const { client } = createFake({
      GetKernelSessionStatus: () => ({ status: 'RUNNING' }),
      [path]: () => stream(...live.slice(0, shown), ...(shown === 4 ? ['data: END_OF_LOG\n\n'] : [])),
    });
    const job = attach(withClock(client, fakeClock()), id);
    const got: LogEntry[] = [];
    let cursor: string | undefined;
    for (; shown <= 4; shown++) {
      // A connection that closes before there is anything to return is an error.
      const page = await job.logs({ cursor }).catch(() => undefined);
      got.push(...(page?.entries ?? []));
      cursor = page?.cursor ?? cursor;
    }
    expect(textOf(got)).toBe('one\ntwo\n');
  });

  test('has an end only when Kaggle has stored it', async () => {
    let status = 'RUNNING';
    const { client } = createFake({
      GetKernelSessionStatus: () => ({ status }),
      [path]: () => stream(event('one\n'), 'data: END_OF_LOG\n\n'),
      ListKernelSessionOutput: () => ({ files: [], log: JSON.stringify([{ data: 'one\n' }, { data: 'saved\n' }]) }),
    });
    const job = attach(client, id);
    const first = await job.logs();
    expect(first).toMatchObject({ more: false, ended: false });
    status = 'ERROR';
    const last = await job.logs({ cursor: first.cursor });
    expect(last.entries.map(({ data }) => data)).toEqual(['saved\n']);
    expect(last.ended).toBe(true);
  });

  test('is empty before the run has started, without a connection', async () => {
    const { client, called } = createFake({ GetKernelSessionStatus: () => ({}) });
    const { cursor, ...page } = await attach(client, id).logs();
    expect(page).toEqual({ entries: [], more: false, ended: false });
    expect(called()).toEqual(['GetKernelSessionStatus']);
    await expect(attach(client, id).logs({ cursor })).resolves.toMatchObject({ cursor });
  });

  test('of a run that printed nothing has an end', async () => {
    const { client } = createFake({
      GetKernelSessionStatus: () => ({ status: 'COMPLETE' }),
      ListKernelSessionOutput: () => ({ files: [], log: '' }),
      [path]: () => refuse(404, 'No logs.'),
    });
    expect(await attach(client, id).logs()).toMatchObject({ entries: [], more: false, ended: true });
  });

  test('is read again if the connection is lost in the known part, and returns what it got if it is lost later', async () => {
    const connections = [stream(event('one\n').slice(0, 20)), stream(event('one\n'), event('two\n'))];
    const { client, called } = createFake({
      GetKernelSessionStatus: () => ({ status: 'RUNNING' }),
      [path]: () => connections.shift() ?? refuse(503, 'busy'),
    });
    const job = attach(withClock(client, fakeClock()), id);
    const first = await job.logs();
    expect(textOf(first.entries)).toBe('one\ntwo\n');
    expect(first.more).toBe(false);
    await expect(job.logs({ cursor: first.cursor })).rejects.toThrow('busy');
    expect(called().filter((name) => name === path)).toHaveLength(5);
  });

  test('ends at the timeout of the call', async () => {
    const { client } = createFake({
      GetKernelSessionStatus: () => ({ status: 'RUNNING' }),
      [path]: () => new Promise(() => {}),
    });
    await expect(attach(client, id).logs({ timeout: 0.05 })).rejects.toThrow('job.logs: timed out after 0.05 s');
  });

  test.each([
    ['', 'expected a cursor that job.logs returned, got ""'],
    ['42', 'expected a cursor that job.logs returned, got "42"; omit it to read from the start'],
    [id, 'expected a cursor that job.logs returned'],
  ])('refuses the cursor %j', async (cursor, message) => {
    const { client, called } = createFake({});
    const error = await attach(client, id)
      .logs({ cursor })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as Error).message).toContain(message);
    expect(called()).toEqual([]);
  });

  test('refuses a cursor of another job, and one that was cut', async () => {
    const { client } = createFake({ GetKernelSessionStatus: () => json({}) });
    const { cursor } = await attach(client, id).logs();
    const other = attach(client, writeJobId({ ...facts, versionNumber: 2 }));
    await expect(other.logs({ cursor })).rejects.toThrow(
      'is a cursor of another job, not of version 2 of alice/my-job-one; omit it to read from the start',
    );
    await expect(attach(client, id).logs({ cursor: cursor.slice(0, -1) })).rejects.toThrow(ValidationError);
  });
});
