import { describe, expect, it, vi } from 'vitest';
import { AuthenticationError, ConnectionError } from '../../src/core/errors.ts';
import { sleep } from '../../src/core/sleep.ts';
import { type LogEntry, logs } from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, type Handler, json } from './kernels-fake.ts';

const stream = 'GET kernels/logs/stream/alice/my-job-one';
const run = 'alice/my-job-one';

interface Event {
  stream_name?: string;
  time?: number;
  data: string;
}

const line = (number: number, more: object = {}): Event => ({
  stream_name: 'stdout',
  data: `line ${number}\n`,
  ...more,
});
const lines = (from: number, to: number, more?: (number: number) => object): Event[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index, more?.(from + index)));
const timed = (number: number) => ({ time: number });

const text = (events: readonly Event[], end = false) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + (end ? 'data: END_OF_LOG\n\n' : '');
const sse = (body: string | ReadableStream) => new Response(body, { headers: { 'content-type': 'text/event-stream' } });

/** Answers the connections one after the other, the last one again and again. */
const inTurn = (...answers: (() => Response)[]): Handler => {
  let count = 0;
  return () => answers[Math.min(count++, answers.length - 1)]!();
};

/** What is shown of a run whose live log is answered so. */
async function shown(handler: Handler, kernel = createKernel({ status: 'RUNNING' })): Promise<string> {
  const { client } = createFake({ ...kernel.handlers, [stream]: handler });
  let found = '';
  for await (const { data } of logs(withClock(client, fakeClock()), run, { follow: true })) found += data;
  return found;
}

const whole = (to: number) =>
  lines(1, to)
    .map(({ data }) => data)
    .join('');

describe('a log that is connected again', () => {
  it.each([
    ['from its start', lines(1, 6)],
    ['where it was', lines(4, 6)],
    ['a few lines before', lines(2, 6)],
    ['with a gap at its start', lines(3, 6)],
    ['with a gap in what is known', [line(1), ...lines(3, 6)]],
    [
      'from its start, cut into other pieces',
      [{ data: 'line 1\nline ' }, { data: '2\nline 3\nli' }, { data: 'ne 4\nline 5\nline 6\n' }],
    ],
    ['with the same events twice', [...lines(1, 3), ...lines(1, 6)]],
  ])('loses nothing and repeats nothing when the server sends it %s', async (what, again) => {
    const found = await shown(
      inTurn(
        () => sse(text(lines(1, 3))),
        () => sse(text(again, true)),
      ),
    );
    // Without a time nobody can tell lines that come twice from lines that were printed twice.
    expect(found).toBe(what.endsWith('twice') ? `${whole(3)}${whole(6)}` : whole(6));
  });

  it.each([
    ['from its start', lines(1, 6, timed)],
    ['where it was', lines(4, 6, timed)],
    ['with a gap', [line(1, timed(1)), ...lines(3, 6, timed)]],
    ['with the same events twice', [...lines(1, 4, timed), ...lines(1, 6, timed)]],
  ])('goes by the time of the events where they have one: %s', async (_what, again) => {
    expect(
      await shown(
        inTurn(
          () => sse(text(lines(1, 3, timed))),
          () => sse(text(again, true)),
        ),
      ),
    ).toBe(whole(6));
  });

  it('shows lines that are printed again and again as often as they were printed', async () => {
    const same = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ data: 'working\n', time: index + 1 }));
    const found = await shown(
      inTurn(
        () => sse(text(same(3))),
        () => sse(text(same(8).slice(3), true)),
      ),
    );
    expect(found).toBe('working\n'.repeat(8));
  });

  it('of a length that is not remembered as a whole is not repeated either', async () => {
    const first = lines(1, 20_000);
    const found = await shown(
      inTurn(
        () => sse(text(first)),
        () => sse(text(lines(19_990, 20_010))),
        () => sse(text(lines(1, 20_020), true)),
      ),
    );
    expect(found).toBe(whole(20_020));
  });
});

describe('what is no log is not shown', () => {
  const answers: [string, () => Response][] = [
    ['a web page', () => new Response('<!DOCTYPE html><p>Sign in', { headers: { 'content-type': 'text/html' } })],
    ['a web page that is called a stream', () => sse('<!DOCTYPE html><p>Sign in')],
    ['an error inside of a 200', () => json({ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } })],
    ['a flat error inside of a 200', () => json({ code: 500, message: 'Internal error' })],
    ['an error without a code', () => json({ error: 'no logs today' })],
    ['an error inside of the stream', () => sse('data: {"error":{"code":503,"message":"busy"}}\n\n')],
    ['an empty answer', () => new Response('', { headers: { 'content-type': 'application/json' } })],
    ['half of an array', () => new Response('[{"data":"x"}', { headers: { 'content-type': 'application/json' } })],
    ['plain text', () => new Response('upstream connect error', { headers: { 'content-type': 'text/plain' } })],
  ];

  it.each(answers)('%s, between two good connections', async (_what, bad) => {
    expect(
      await shown(
        inTurn(
          () => sse(text(lines(1, 3))),
          bad,
          bad,
          () => sse(text(lines(1, 6), true)),
        ),
      ),
    ).toBe(whole(6));
  });

  it.each(answers)('%s, for ever: a ConnectionError', async (_what, bad) => {
    await expect(shown(bad)).rejects.toBeInstanceOf(ConnectionError);
  });

  it('a refused credential is said at once, wherever it is said', async () => {
    const refused = { error: { code: 401, message: 'Unauthenticated', status: 'UNAUTHENTICATED' } };
    await expect(shown(() => json(refused))).rejects.toBeInstanceOf(AuthenticationError);
    await expect(shown(() => sse(`data: ${JSON.stringify(refused)}\n\n`))).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('but what a kernel prints is, whatever it is', async () => {
    const printed = ['{"error": {"code": 401}}\n', '<!DOCTYPE html>\n', 'END_OF_LOG\n'];
    expect(
      await shown(() =>
        sse(
          text(
            printed.map((data) => ({ data })),
            true,
          ),
        ),
      ),
    ).toBe(printed.join(''));
  });
});

describe('a stream without end', () => {
  /** Sends what `next` makes for as long as somebody reads. */
  const endless = (next: (count: number) => string) => {
    let count = 0;
    return sse(
      new ReadableStream({
        async pull(controller) {
          await sleep(0);
          controller.enqueue(new TextEncoder().encode(next(count++)));
        },
      }),
    );
  };
  const log = JSON.stringify(lines(1, 4));

  it('of lines is left after some minutes, and the stored log has the rest', async () => {
    const kernel = createKernel({ status: 'RUNNING' });
    const clock = fakeClock();
    const { client } = createFake({
      ...kernel.handlers,
      [stream]: () =>
        endless((count) => {
          if (count === 3) kernel.state.versions[0] = { status: 'COMPLETE', log };
          void clock.sleep(60_000);
          return count < 3
            ? text([line(count + 1)])
            : text([line(3, { time: 3 })]).slice(0, 0) || 'data: heartbeat\n\n';
        }),
    });
    const found: LogEntry[] = [];
    for await (const entry of logs(withClock(client, clock), run, { follow: true })) found.push(entry);
    expect(
      found
        .map(({ data }) => data)
        .filter((data) => data !== 'heartbeat\n')
        .join(''),
    ).toBe(whole(4));
  });

  it('of comments is left after two minutes without a line', async () => {
    vi.useFakeTimers();
    try {
      const kernel = createKernel({ status: 'RUNNING' });
      const { client } = createFake({
        ...kernel.handlers,
        [stream]: () => {
          let count = 0;
          const body = new ReadableStream({
            async pull(controller) {
              if (count === 1) kernel.state.versions[0] = { status: 'COMPLETE', log };
              if (count > 0) await sleep(10_000);
              controller.enqueue(new TextEncoder().encode(count++ === 0 ? text([line(1)]) : ': ping\n\n'));
            },
          });
          return sse(body);
        },
      });
      let found = '';
      let ended = false;
      const reading = (async () => {
        for await (const { data } of logs(client, run, { follow: true })) found += data;
        ended = true;
      })();
      for (let seconds = 0; !ended && seconds < 300; seconds += 10) await vi.advanceTimersByTimeAsync(10_000);
      await reading;
      expect(found).toBe(whole(4));
    } finally {
      vi.useRealTimers();
    }
  });

  it('of a line that does not end takes no more than some memory', async () => {
    let sent = 0;
    const piece = 'x'.repeat(1024 * 1024);
    const failure = await shown(() =>
      endless((count) => {
        sent += piece.length;
        return count === 0 ? `data: ${piece}` : piece;
      }),
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect((failure as Error).message).toContain('a line of the log stream is longer than 16777216 characters');
    // Six connections, each cut soon behind the bound.
    expect(sent).toBeLessThan(6 * 20 * piece.length);
  });
});
