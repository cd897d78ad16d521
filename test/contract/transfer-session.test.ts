import { describe, expect, test } from 'vitest';
import {
  advanceSession,
  resumeSession,
  type SessionAction,
  type SessionEvent,
  startSession,
} from '../../src/core/transfer/upload/session.ts';

const limits = { partSize: 10, failures: 3, sessions: 2 };
const opened: SessionEvent = { type: 'opened' };
const lost: SessionEvent = { type: 'lost' };
const send = (status: number, stored?: number): SessionEvent => ({ type: 'answer', to: 'send', status, stored });
const query = (status: number, stored?: number): SessionEvent => ({ type: 'answer', to: 'query', status, stored });

/** One line for an action: `send 0-10`, `query after 1`, `fail ...`. */
function show(action: SessionAction): string {
  const pause = 'pause' in action && action.pause ? ` after ${action.pause.retryAfterMs ?? action.pause.attempt}` : '';
  if (action.type === 'send') return `send ${action.from}-${action.to}${action.ranged ? '' : ' bare'}${pause}`;
  if (action.type === 'fail') return `fail: ${action.message}`;
  return action.type + pause;
}

function run(size: number, events: SessionEvent[], step = startSession(size, limits)): string[] {
  const actions = [show(step.action)];
  for (const event of events) {
    step = advanceSession(step.state, event);
    actions.push(show(step.action));
  }
  return actions;
}

describe('the upload session as a table', () => {
  test.each<[string, number, SessionEvent[], string[]]>([
    ['a small file goes in one bare request', 10, [opened, send(200)], ['open', 'send 0-10 bare', 'done']],
    ['an empty file too', 0, [opened, send(201)], ['open', 'send 0-0 bare', 'done']],
    [
      'a large one goes in parts',
      25,
      [opened, send(308, 10), send(308, 20), send(200)],
      ['open', 'send 0-10', 'send 10-20', 'send 20-25', 'done'],
    ],
    [
      'less committed than sent: go on from there, at once',
      25,
      [opened, send(308, 4), send(308, 14)],
      ['open', 'send 0-10', 'send 4-14', 'send 14-24'],
    ],
    [
      '308 without Range after a part: nothing is stored',
      25,
      [opened, send(308, 0), send(308, 10)],
      ['open', 'send 0-10', 'send 0-10 after 1', 'send 10-20'],
    ],
    [
      'gives up without progress',
      25,
      [opened, send(308, 0), send(308, 0), send(308, 0), send(308, 0)],
      [
        'open',
        'send 0-10',
        'send 0-10 after 1',
        'send 0-10 after 2',
        'send 0-10 after 3',
        'fail: the storage did not store any of the data sent, 4 times in a row without progress (0 of 25 bytes are stored)',
      ],
    ],
    [
      'queries the status after a lost connection',
      25,
      [opened, send(308, 10), lost, query(308, 16)],
      ['open', 'send 0-10', 'send 10-20', 'query', 'send 16-25'],
    ],
    [
      'a lost last answer: the question finds it complete',
      25,
      [opened, send(308, 10), send(308, 20), lost, query(200)],
      ['open', 'send 0-10', 'send 10-20', 'send 20-25', 'query', 'done'],
    ],
    [
      'the status query itself gets a busy response',
      10,
      [opened, lost, query(503), query(308, 0), send(200)],
      ['open', 'send 0-10 bare', 'query', 'query after 2', 'send 0-10 bare', 'done'],
    ],
    [
      'queries the status after 429, 500 and 502, after a pause',
      10,
      [opened, send(429), query(308, 0), send(500), query(308, 0), send(502), query(308, 5), send(200)],
      [
        'open',
        'send 0-10 bare',
        'query after 1',
        'send 0-10 bare',
        'query after 2',
        'send 0-10 bare',
        'query after 3',
        'send 5-10',
        'done',
      ],
    ],
    [
      'an expired session is replaced',
      25,
      [opened, send(308, 10), send(410)],
      ['open', 'send 0-10', 'send 10-20', 'open'],
    ],
    [
      'but not without end',
      10,
      [opened, send(404), opened, send(404)],
      ['open', 'send 0-10 bare', 'open', 'send 0-10 bare', 'fail: the upload session expired 2 times (HTTP 404)'],
    ],
    [
      'what the expired one held counts for nothing: small parts are progress again',
      25,
      [
        opened,
        send(308, 10),
        send(308, 20),
        send(410),
        { ...opened, partSize: 4 },
        ...[4, 8, 12, 16, 20, 24].map((stored) => send(308, stored)),
        send(200),
      ],
      [
        'open',
        'send 0-10',
        'send 10-20',
        'send 20-25',
        'open',
        ...['send 0-4', 'send 4-8', 'send 8-12', 'send 12-16', 'send 16-20', 'send 20-24', 'send 24-25'],
        'done',
      ],
    ],
    ['a refusal is final', 10, [opened, send(403)], ['open', 'send 0-10 bare', 'fail: HTTP 403']],
    [
      'complete before all was sent is no success',
      25,
      [opened, send(200)],
      ['open', 'send 0-10', 'fail: the storage reports a complete upload after 10 of 25 bytes'],
    ],
    [
      'more stored than sent is no success either',
      25,
      [opened, send(308, 20)],
      ['open', 'send 0-10', 'fail: the storage reports 20 bytes, but only 10 were sent'],
    ],
    [
      'all stored but not finished: ask again',
      10,
      [opened, send(308, 10), query(201)],
      ['open', 'send 0-10 bare', 'query after 1', 'done'],
    ],
    [
      'an object of another size is no success',
      10,
      [opened, send(200, 9)],
      ['open', 'send 0-10 bare', 'fail: the stored object has 9 bytes, expected 10'],
    ],
    [
      'a 400 in the middle: the storage is asked what it holds',
      25,
      [opened, send(308, 10), send(400), query(308, 0)],
      ['open', 'send 0-10', 'send 10-20', 'query', 'send 0-10'],
    ],
    [
      'a 400 that stays is final',
      25,
      [opened, send(308, 10), send(400), query(308, 10), send(400)],
      ['open', 'send 0-10', 'send 10-20', 'query', 'send 10-20', 'fail: HTTP 400'],
    ],
    [
      'a storage that forgets makes no progress by storing it again',
      25,
      [opened, send(308, 10), send(308, 0), send(308, 10), send(308, 0), send(308, 10)],
      [
        'open',
        'send 0-10',
        'send 10-20',
        'send 0-10 after 1',
        'send 10-20 after 2',
        'send 0-10 after 3',
        'fail: the storage did not store any of the data sent, 4 times in a row without progress (10 of 25 bytes are stored)',
      ],
    ],
  ])('%s', (_name, size, events, actions) => {
    expect(run(size, events)).toEqual(actions);
  });

  const all = Number.POSITIVE_INFINITY;
  const openedLong: SessionEvent = { type: 'opened', partSize: all };

  test.each<[string, SessionEvent[], string[]]>([
    ['all that is left goes in one request', [openedLong, send(200)], ['open', 'send 0-25 bare', 'done']],
    [
      'a lost connection: the rest of it goes in one request',
      [openedLong, { ...lost, sent: 14 }, query(308, 12), send(200)],
      ['open', 'send 0-25 bare', 'query', 'send 12-25', 'done'],
    ],
    [
      'complete before all of it was sent is no success',
      [openedLong, { ...send(200), sent: 14 }],
      ['open', 'send 0-25 bare', 'fail: the storage reports a complete upload after 14 of 25 bytes'],
    ],
    [
      'more stored than was sent is no success either, also later',
      [openedLong, { ...lost, sent: 14 }, query(308, 15)],
      ['open', 'send 0-25 bare', 'query', 'fail: the storage reports 15 bytes, but only 14 were sent'],
    ],
    [
      'where one request turns out not to reach the storage, the same bytes go in parts',
      [openedLong, { ...lost, partSize: 10, sent: 0 }, query(308, 0), send(308, 10), { ...send(308, 20), partSize: 5 }],
      ['open', 'send 0-25 bare', 'query', 'send 0-10', 'send 10-20', 'send 20-25'],
    ],
  ])('%s', (_name, events, actions) => {
    expect(run(25, events)).toEqual(actions);
  });

  test.each<[string, SessionEvent[], string[]]>([
    [
      'goes on where the storage is',
      [query(308, 12), send(308, 22), send(200)],
      ['query', 'send 12-22', 'send 22-25', 'done'],
    ],
    ['may be complete', [query(200)], ['query', 'done']],
    ['may be gone', [query(410), opened], ['query', 'open', 'send 0-10']],
    ['may be refused in any way', [query(403), opened], ['query', 'open', 'send 0-10']],
    ['may hold something else', [query(308, 99), opened], ['query', 'open', 'send 0-10']],
    ['may have made an object of something else', [query(200, 24), opened], ['query', 'open', 'send 0-10']],
    ['may be asked about again', [query(503), query(308, 12)], ['query', 'query after 1', 'send 12-22']],
    [
      'may be at a host that is gone',
      [lost, lost, opened, send(308, 10)],
      ['query', 'query', 'open', 'send 0-10', 'send 10-20'],
    ],
    [
      'may be at a host that is broken',
      [query(500), query(502), opened],
      ['query', 'query after 1', 'open', 'send 0-10'],
    ],
    [
      'may have all bytes and never end',
      [query(308, 25), query(308, 25), opened],
      ['query', 'query after 1', 'open', 'send 0-10'],
    ],
    [
      'may not say how much it holds',
      [query(308), query(308), opened],
      ['query', 'query after 1', 'open', 'send 0-10'],
    ],
    [
      'is like any other after its first answer',
      [query(308, 12), send(403)],
      ['query', 'send 12-22', 'fail: HTTP 403'],
    ],
  ])('a session of an earlier process %s', (_name, events, actions) => {
    expect(run(25, events, resumeSession(25, limits))).toEqual(actions);
  });

  const suspected = (event: SessionEvent, suspect: 'page' | 'bare'): SessionEvent =>
    ({ ...event, suspect }) as SessionEvent;
  test.each<[string, SessionEvent[], string[]]>([
    [
      'a web page instead of the answer is none',
      [opened, suspected(send(200), 'page'), suspected(query(200), 'page'), query(308, 10), send(200)],
      [
        'open',
        'send 0-10',
        'query',
        'query after 1',
        'send 10-20',
        'fail: the storage reports a complete upload after 20 of 25 bytes',
      ],
    ],
    [
      'an answer that says nothing is asked about once',
      [openedLong, suspected(send(200), 'bare'), suspected(query(200), 'bare')],
      ['open', 'send 0-25 bare', 'query', 'done'],
    ],
  ])('%s', (_name, events, actions) => {
    expect(run(25, events)).toEqual(actions);
  });

  test.each<[string, SessionEvent[], boolean]>([
    ['a refusal', [opened, send(403)], true],
    ['too many failures in a row', [opened, lost, lost, lost, lost], false],
  ])('whether it makes sense to go on later: %s', (_name, events, final) => {
    let step = startSession(25, limits);
    for (const event of events) step = advanceSession(step.state, event);
    expect(step.action).toMatchObject({ type: 'fail', final });
  });

  test('Retry-After travels with the pause', () => {
    const step = advanceSession(advanceSession(startSession(10, limits).state, opened).state, {
      type: 'answer',
      to: 'send',
      status: 503,
      retryAfterMs: 7000,
    });
    expect(step.action).toEqual({ type: 'query', pause: { attempt: 1, retryAfterMs: 7000 } });
  });

  test('whatever the storage answers, it ends: done with all bytes, or failed for one reason that was met', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const ends: Record<string, number> = {};
    for (let round = 0; round < 2000; round++) {
      const size = random(60);
      let { state, action } = startSession(size, limits);
      // Counted here, of the answers alone: failures since the session held more than ever, and sessions that expired.
      let [best, failures, expired, steps] = [0, 0, 0, 0];
      let event: SessionEvent = lost;
      while (action.type !== 'done' && action.type !== 'fail') {
        expect(++steps).toBeLessThan(400);
        expect(failures).toBeLessThanOrEqual(limits.failures);
        expect(expired).toBeLessThan(limits.sessions);
        event = lost;
        if (action.type === 'open') event = opened;
        else if (random(4) > 0) {
          const status = [200, 308, 308, 308, 308, 404, 429, 503][random(8)]!;
          const stored = status === 308 ? random(state.sent + 1) : undefined;
          event = { type: 'answer', to: action.type, status, stored };
        }
        if (event.type === 'opened') best = 0;
        else if (event.type === 'answer' && event.status === 404) expired++;
        else if (event.type === 'answer' && event.status === 308) {
          const held = event.stored!;
          if (held > best) failures = 0;
          if (held === size && size > 0) failures++;
          else if (held <= best && event.to === 'send') failures++;
          best = Math.max(best, held);
        } else if (event.type === 'lost' || event.status !== 200) failures++;
        ({ state, action } = advanceSession(state, event));
        if (action.type === 'send') expect(action.from).toBe(state.committed);
      }
      const completed = event.type === 'answer' && event.status === 200;
      const reason =
        action.type === 'done' ? 'done' : /without progress|expired|complete upload after/.exec(action.message)?.[0];
      if (reason === 'done') expect([completed, state.sent]).toEqual([true, size]);
      else if (reason === 'without progress') expect(failures).toBe(limits.failures + 1);
      else if (reason === 'expired') expect(expired).toBe(limits.sessions);
      else expect([reason, completed, state.sent < size]).toEqual(['complete upload after', true, true]);
      ends[reason!] = (ends[reason!] ?? 0) + 1;
    }
    // Each end is met often, so that none can take the place of another.
    for (const reason of ['done', 'without progress', 'expired', 'complete upload after'])
      expect(ends[reason], reason).toBeGreaterThan(100);
  });
});
