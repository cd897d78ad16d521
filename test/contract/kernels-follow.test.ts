import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/services/kernels/index.ts';
import { type FollowEvent, startReading, transition } from '../../src/services/kernels/log/follow.ts';
import { noReplay, type Replay, restart, takeNew } from '../../src/services/kernels/log/replay.ts';

const piece = (data: string, stream: LogEntry['stream'] = 'stdout'): LogEntry => ({ stream, time: 0, data });
const entry = (data: string, stream?: LogEntry['stream']): FollowEvent => ({
  type: 'entry',
  entry: piece(data, stream),
});
const running: FollowEvent = { type: 'status', ended: false };
const ended: FollowEvent = { type: 'status', ended: true };
const complete: FollowEvent = { type: 'complete' };
const missing: FollowEvent = { type: 'missing' };
const snapshot: FollowEvent = { type: 'snapshot' };
const quiet: FollowEvent = { type: 'quiet' };
const lost = (seconds = 1): FollowEvent => ({ type: 'lost', error: new Error('terminated'), seconds });

/** What follows each event, one line for each: what is shown, or else the action. */
function follow(events: FollowEvent[], step = startReading(true)): string[] {
  return events.map((event) => {
    step = transition(step.state, event);
    const { action } = step;
    if (action.type === 'show') return `show ${action.entry.data}`;
    if (action.type === 'watch') return `watch after ${Number((action.pauseMs / 1000).toPrecision(3))} s`;
    return action.type === 'fail' ? `fail: ${action.message}` : action.type;
  });
}

describe('following a log as a table', () => {
  it('begins with the status', () => {
    expect(startReading(true).action).toEqual({ type: 'watch', pauseMs: 0, until: 'started' });
  });

  it('without following is the stored log, or nothing', () => {
    const start = startReading(false);
    expect(start.action).toEqual({ type: 'readStored' });
    expect(follow([entry('a'), complete], start)).toEqual(['show a', 'stop']);
    expect(follow([missing], start)).toEqual(['stop']);
  });

  it.each<[string, FollowEvent[], string[]]>([
    [
      'a log that comes over one connection',
      [running, entry('a'), entry('b'), complete],
      ['readLive', 'show a', 'show b', 'stop'],
    ],
    ['a run that has ended', [ended, entry('a'), complete], ['readStored', 'show a', 'stop']],
    [
      'an entry of each connection again',
      [running, entry('a'), lost(), running, entry('a'), entry('b'), complete],
      ['readLive', 'show a', 'watch after 1 s', 'readLive', 'skip', 'show b', 'stop'],
    ],
    [
      'a run that ends while the connection is lost',
      [running, entry('a'), lost(), ended, entry('ab'), complete],
      ['readLive', 'show a', 'watch after 1 s', 'readStored', 'show b', 'stop'],
    ],
    [
      'no log is stored yet: one live connection',
      [ended, missing, entry('a'), complete],
      ['readStored', 'readLive', 'show a', 'stop'],
    ],
    ['... which may be lost', [ended, missing, entry('a'), lost()], ['readStored', 'readLive', 'show a', 'stop']],
    [
      '... or bring it in one piece',
      [ended, missing, entry('a'), snapshot],
      ['readStored', 'readLive', 'show a', 'stop'],
    ],
    [
      'a server that does not stream is asked again and again, for as long as it takes',
      [running, ...Array.from({ length: 9 }, () => [entry('a'), snapshot, running]).flat(), entry('ab')],
      ['readLive', 'show a', ...Array(9).fill(['watch after 1 s', 'readLive', 'skip']).flat().slice(0, -1), 'show b'],
    ],
    [
      'a connection that lasted is a good one, though the kernel said nothing',
      [running, ...Array.from({ length: 9 }, () => [lost(30), running]).flat()],
      ['readLive', ...Array(9).fill(['watch after 1 s', 'readLive']).flat()],
    ],
    [
      'connections without news: pauses that grow, then the end',
      [running, ...Array.from({ length: 5 }, () => [lost(), running]).flat(), lost()],
      [
        'readLive',
        ...[1, 1.7, 2.89, 4.91, 8.35].flatMap((seconds) => [`watch after ${seconds} s`, 'readLive']),
        'fail: lost the live log 6 times in a row without new entries: terminated',
      ],
    ],
    [
      'connections that are closed because they are quiet: pauses that grow to half a minute, whatever was new',
      [running, entry('a'), quiet, ...Array.from({ length: 7 }, () => [running, quiet]).flat(), ended, entry('ab')],
      [
        'readLive',
        'show a',
        ...[3, 4.5, 6.75, 10.1, 15.2, 22.8, 30].flatMap((seconds) => [`watch after ${seconds} s`, 'readLive']),
        'watch after 30 s',
        'readStored',
        'show b',
      ],
    ],
    [
      'news in between: the count begins again',
      [running, lost(), running, lost(), running, entry('a'), lost(), running, entry('a'), lost()],
      [
        'readLive',
        'watch after 1 s',
        'readLive',
        'watch after 1.7 s',
        'readLive',
        'show a',
        'watch after 1 s',
        'readLive',
        'skip',
        'watch after 1.7 s',
      ],
    ],
  ])('%s', (_name, events, expected) => {
    expect(follow(events)).toEqual(expected);
  });
});

describe('a patient reader', () => {
  it('waits for the end of the run, and reads the stored log, where another one would fail', () => {
    const events = [
      running,
      entry('a'),
      ...Array.from({ length: 6 }, () => [lost(), running])
        .flat()
        .slice(0, -1),
    ];
    const start = startReading(true, true);
    let { state, action } = start;
    for (const event of events) ({ state, action } = transition(state, event));
    expect(action).toEqual({ type: 'watch', pauseMs: 0, until: 'ended' });
    expect(follow([ended, entry('ab'), complete], { state, action })).toEqual(['readStored', 'show b', 'stop']);
  });
});

describe('what of a log is new', () => {
  it('is each character once, also when the pieces are cut otherwise', () => {
    let replay: Replay = noReplay;
    const take = (data: string, stream?: LogEntry['stream']) => {
      const next = takeNew(replay, piece(data, stream));
      replay = next;
      return next.fresh?.data;
    };
    expect(take('ab')).toBe('ab');
    expect(take('x', 'stderr')).toBe('x');
    replay = restart(replay);
    expect(take('a')).toBeUndefined();
    expect(take('bcd')).toBe('cd');
    expect(take('xy', 'stderr')).toBe('y');
    replay = restart(replay);
    expect(take('abcdxy')).toBe('xy');
  });
});
