import { describe, expect, it } from 'vitest';
import { ConnectionError, KaggleError } from '../../src/core/errors.ts';
import { type LogEntry, type LogsOptions, logs, type RunRef } from '../../src/services/kernels/index.ts';
import { parseStoredLog, tail } from '../../src/services/kernels/log/entry.ts';
import { createMarkerFilter } from '../../src/services/kernels/log/marker.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, type Handler, json, refuse } from './kernels-fake.ts';

const stream = 'GET kernels/logs/stream/alice/my-job-one';
const labelled = (label: string) => `${stream}?versionLabel=${label}`;
const events = [
  { stream_name: 'stdout', time: 0.5, data: 'start\n' },
  { stream_name: 'stderr', time: 1.25, data: 'warning: naïve ☃ Å…\n' },
  { stream_name: 'stdout', time: 2, data: 'no newline at end' },
  { stream_name: 'stdout', time: 2.5, data: 'line a\nline b\n' },
];
const entries: LogEntry[] = events.map(({ stream_name, time, data }) => ({
  stream: stream_name as 'stdout',
  time,
  data,
}));

interface Connection {
  /** How many of the events it brings. */
  count?: number;
  end?: 'clean' | 'error' | 'end-of-log';
  /** Text after the events. */
  text?: string;
}

/** A live log that replays from the start on each connection; bytes come in odd pieces. */
function sse({ count = events.length, end = 'end-of-log', text = '' }: Connection): Response {
  const lines = events.slice(0, count).map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const whole = `: keep-alive\n\nid: 1\nevent: message\n${lines.join('')}${text}${end === 'end-of-log' ? 'data: END_OF_LOG\n\n' : ''}`;
  const bytes = new TextEncoder().encode(whole);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      const piece = bytes.subarray(at, at + 7);
      at += 7;
      if (piece.length > 0) return controller.enqueue(piece);
      if (end === 'error') controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=iso-8859-1' } });
}

/** The connections one after the other; after the last, `then`. */
function inTurn(connections: Connection[], then: Handler = () => refuse(503, 'gone')): Handler {
  const left = [...connections];
  return (body, request) => {
    const next = left.shift();
    return next ? sse(next) : then(body, request);
  };
}

async function collect(client: Parameters<typeof logs>[0], run: RunRef, options: LogsOptions): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for await (const entry of logs(client, run, options)) found.push(entry);
  return found;
}

const running = () => createKernel({ status: 'RUNNING' });
const first = { ref: 'alice/my-job-one', versionNumber: 1 };

describe('following a log', () => {
  it('gives the pieces in UTF-8, whatever the charset says, and ends at END_OF_LOG', async () => {
    const { client, called } = createFake({ ...running().handlers, [stream]: inTurn([{}]) });
    expect(await collect(withClock(client, fakeClock()), first, { follow: true })).toEqual(entries);
    expect(called().at(-1)).toBe(stream);
  });

  it('reconnects after a drop, and after a clean end without END_OF_LOG, and repeats nothing', async () => {
    const connections: Connection[] = [
      { count: 1, end: 'error' },
      { count: 2, end: 'clean' },
      { count: 2, end: 'clean', text: 'data: {"stream_name":"stdout","time":2,"da' },
      { count: 4, end: 'end-of-log' },
    ];
    const { client } = createFake({ ...running().handlers, [stream]: inTurn(connections) });
    const clock = fakeClock();
    expect(await collect(withClock(client, clock), first, { follow: true })).toEqual(entries);
    expect(clock.sleeps).toEqual([1, 1, 1.7]);
  });

  it('takes the end from the stored log when the run has ended and the live log is gone', async () => {
    const kernel = running();
    const { client } = createFake({
      ...kernel.handlers,
      [stream]: inTurn([{ count: 2, end: 'error' }], () => {
        kernel.state.versions[0] = { status: 'COMPLETE', log: JSON.stringify(events) };
        return refuse(404);
      }),
    });
    expect(await collect(withClock(client, fakeClock()), first, { follow: true })).toEqual(entries);
  });

  it('reads a JSON array where the log is not streamed, and goes on until the run has ended', async () => {
    const kernel = running();
    let asked = 0;
    const { client } = createFake({
      ...kernel.handlers,
      [stream]: () => {
        asked++;
        if (asked === 2) kernel.state.versions[0] = { status: 'COMPLETE', log: JSON.stringify(events) };
        return json(events.slice(0, asked));
      },
    });
    expect(await collect(withClock(client, fakeClock()), first, { follow: true })).toEqual(entries);
  });

  it('shows data of another form as it is', async () => {
    const { client } = createFake({
      ...running().handlers,
      [stream]: inTurn([{ count: 1, text: 'data: plain text\n\n' }]),
    });
    const found = await collect(client, first, { follow: true });
    expect(found[1]).toEqual({ stream: 'stdout', time: 0.5, data: 'plain text\n' });
  });

  it('gives up with ConnectionError when connections bring no news, not with success', async () => {
    const drops = Array.from({ length: 50 }, (): Connection => ({ count: 1, end: 'error' }));
    const { client, called } = createFake({ ...running().handlers, [stream]: inTurn(drops) });
    const found: LogEntry[] = [];
    const following = (async () => {
      for await (const entry of logs(withClock(client, fakeClock()), first, { follow: true })) found.push(entry);
    })();
    await expect(following).rejects.toThrow(ConnectionError);
    await expect(following).rejects.toThrow('lost the live log 6 times in a row without new entries');
    expect(found).toEqual(entries.slice(0, 1));
    expect(called().filter((method) => method === stream)).toHaveLength(6);
  });

  it('says that the kernel was deleted while its log was read', async () => {
    const kernel = running();
    const { client } = createFake({
      ...kernel.handlers,
      [stream](body, request) {
        kernel.state.versions[0]!.status = 'NONE';
        return inTurn([{ count: 1, end: 'error' }])(body, request);
      },
    });
    const following = collect(withClock(client, fakeClock()), first, { follow: true });
    await expect(following).rejects.toThrow('version 1 of alice/my-job-one was deleted');
  });

  it('says at once that the token is not accepted', async () => {
    const { client, called } = createFake({ ...running().handlers, [stream]: () => refuse(401, 'bad token') });
    await expect(collect(client, first, { follow: true })).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(called().filter((method) => method === stream)).toHaveLength(1);
  });

  it('waits until the run has started', async () => {
    const kernel = createKernel({ status: 'NONE' });
    const clock = fakeClock((seconds) => {
      if (seconds > 10) kernel.state.versions[0]!.status = 'QUEUED';
      if (seconds > 20) kernel.state.versions[0]!.status = 'RUNNING';
    });
    const { client, called } = createFake({ ...kernel.handlers, [stream]: inTurn([{}]) });
    expect(await collect(withClock(client, clock), first, { follow: true })).toEqual(entries);
    expect(called().filter((method) => method === stream)).toHaveLength(1);
    expect(clock.now()).toBeGreaterThan(20_000);
  });

  it('is asked for by its version, and never that of another one', async () => {
    const other = () => expect.fail('the log of another version');
    const kernel = createKernel({ status: 'COMPLETE', log: '[]' }, { status: 'NONE' }, { status: 'RUNNING' });
    const clock = fakeClock((seconds) => {
      if (seconds > 3) kernel.state.versions[1]!.status = 'RUNNING';
    });
    const { client } = createFake({
      ...kernel.handlers,
      [stream]: other,
      [labelled('v1')]: other,
      [labelled('v2')]: inTurn([{}]),
      [labelled('v3')]: other,
    });
    const second = { ref: 'alice/my-job-one', versionNumber: 2 };
    expect(await collect(withClock(client, clock), second, { follow: true })).toEqual(entries);
  });

  it('of an old version is its stored one', async () => {
    const kernel = createKernel({ status: 'COMPLETE', log: JSON.stringify(events) }, { status: 'RUNNING' });
    const { client, called } = createFake(kernel.handlers);
    for (const follow of [true, false]) expect(await collect(client, first, { follow })).toEqual(entries);
    expect(called()).not.toContain(stream);
  });

  it('may be cut every few minutes, with nothing in between: it is opened again and again', async () => {
    const kernel = running();
    let opened = 0;
    const clock = fakeClock();
    const { client } = createFake({
      ...kernel.handlers,
      [stream]: () => {
        // The load balancer cuts it after three minutes.
        clock.sleep(180_000);
        return ++opened < 20 ? sse({ count: 1, end: 'error' }) : sse({});
      },
    });
    expect(await collect(withClock(client, clock), first, { follow: true })).toEqual(entries);
  });

  it('stops at once on abort, with its reason, even while the server says nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const silent = () => {
      setTimeout(() => controller.abort(reason), 10);
      return new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } });
    };
    const { client } = createFake({ ...running().handlers, [stream]: silent });
    await expect(collect(client, first, { follow: true, signal: controller.signal })).rejects.toBe(reason);
  });

  it.each([
    'by its signal',
    'by return(), as a ReadableStream does',
  ])('closes a silent connection at once when it is stopped %s', async (how) => {
    const opened = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const silent = () => {
      const source = { pull: () => opened.resolve(), cancel: () => cancelled.resolve() };
      const body = new ReadableStream(source, { highWaterMark: 0 });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    const { client } = createFake({ ...running().handlers, [stream]: silent });
    const controller = new AbortController();
    const entries = logs(client, first, { follow: true, signal: controller.signal });
    const next = entries.next();
    next.catch(() => {});
    await opened.promise;
    if (how === 'by its signal') {
      controller.abort(new Error('enough'));
      await expect(next).rejects.toThrow('enough');
    } else expect(await entries.return(undefined)).toEqual({ done: true, value: undefined });
    await cancelled.promise;
  });

  it('closes the connection when the reader has seen enough', async () => {
    let cancelled = false;
    const endless = () =>
      new Response(
        new ReadableStream({
          start: (c) => c.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(events[0])}\n\n`)),
          cancel() {
            cancelled = true;
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      );
    const { client } = createFake({ ...running().handlers, [stream]: endless });
    for await (const entry of logs(client, first, { follow: true })) {
      expect(entry).toEqual(entries[0]);
      break;
    }
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe('a stored log', () => {
  it('is read without follow', async () => {
    const kernel = createKernel({ status: 'COMPLETE', log: JSON.stringify(events) });
    const { client } = createFake(kernel.handlers);
    expect(await collect(client, first, {})).toEqual(entries);
    expect(await collect(client, 'alice/my-job-one', {})).toEqual(entries);
  });

  it('is not there before the version has ended', async () => {
    const { client } = createFake(running().handlers);
    await expect(collect(client, first, {})).rejects.toThrow(KaggleError);
    await expect(collect(client, first, {})).rejects.toThrow('has not ended (RUNNING)');
  });

  it('may be plain text, absent, or hold other things', () => {
    expect(parseStoredLog('hello\n')).toEqual([{ stream: 'stdout', time: 0, data: 'hello\n' }]);
    expect(parseStoredLog('')).toEqual([]);
    expect(parseStoredLog(undefined)).toEqual([]);
    expect(parseStoredLog('[{"data":"x","time":"1.5"},null,{"time":1}]')).toEqual([
      { stream: 'stdout', time: 1.5, data: 'x' },
    ]);
  });

  it('has an end', () => {
    expect(tail(entries, 2)).toBe('no newline at endline a\nline b');
  });
});

describe('the line by which a script tells its session', () => {
  const out = (data: string): LogEntry => ({ stream: 'stdout', time: 0, data });
  const read = (...pieces: string[]) => {
    const filter = createMarkerFilter();
    const shown = [...pieces.map((data) => filter.take(out(data))), filter.rest()];
    return [shown.map((entry) => entry?.data ?? '').join(''), filter.sessionId];
  };
  const line = '##kaggle-ts session=123456##\n';

  it.each([
    ['alone', [line], ''],
    ['before others', [`${line}start\n`], 'start\n'],
    ['after others', [`first\n${line}`, 'start\n'], 'first\nstart\n'],
    ['letter by letter', [...`a\n${line}b\n`], 'a\nb\n'],
    ['with a carriage return', ['##kaggle-ts session=123456##\r\n', 'x'], 'x'],
    ['in two pieces', [line.slice(0, 12), `${line.slice(12)}x`], 'x'],
  ])('is not shown: %s', (_where, pieces, shown) => {
    expect(read(...pieces)).toEqual([shown, '123456']);
  });

  it.each([
    ['a line that only begins like it', ['##kaggle-ts rocks\n']],
    ['the same in the middle of a line', [`x ${line}`]],
    ['a beginning at the end of the log', ['a\n##kaggle-ts sess']],
    ['hashes', ['#', '#', '# title\n']],
    ['one without a number', ['##kaggle-ts session=##\n']],
    ['one that a script prints much later', ['x\n'.repeat(300), line]],
  ])('%s is shown', (_what, pieces) => {
    expect(read(...pieces)).toEqual([pieces.join(''), undefined]);
  });

  it('is hidden from a live log, a stored one, and the log of a run', async () => {
    const all = [{ stream_name: 'stdout', time: 0, data: line }, ...events];
    const body = `${all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: END_OF_LOG\n\n`;
    const kernel = running();
    const live = () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const { client } = createFake({ ...kernel.handlers, [stream]: live });
    expect(await collect(client, first, { follow: true })).toEqual(entries);
    kernel.state.versions[0] = { status: 'COMPLETE', log: JSON.stringify(all) };
    expect(await collect(client, first, {})).toEqual(entries);
  });
});
