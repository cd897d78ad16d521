import { afterEach, describe, expect, test, vi } from 'vitest';
import { openMatcher } from '../../examples/dashboard/src/log/remote-matcher.ts';
import { matchesIn, startSearch, toRegex } from '../../examples/dashboard/src/log/search.ts';
import type { SearchOrder, SearchReply } from '../../examples/dashboard/src/log/search-worker.ts';
import { createLogStore, type LogStore } from '../../examples/dashboard/src/log/store.ts';

const query = (text: string, { matchCase = false, isRegex = false } = {}) => toRegex({ text, matchCase, isRegex });

/** A search whose slices run when the test says so. */
function manual(store: LogStore, text: string, stream: 'all' | 'stderr' = 'all', now?: () => number) {
  const slices: (() => void)[] = [];
  const onChange = vi.fn();
  const search = startSearch(store, { regex: query(text)!, stream, onChange, later: (work) => slices.push(work), now });
  return { search, onChange, slices, runAll: () => slices.splice(0).forEach((work) => void work()) };
}

function storeOf(...texts: string[]): LogStore {
  const store = createLogStore();
  store.append(texts.map((data, at) => ({ stream: at % 2 ? 'stderr' : 'stdout', time: at, data: `${data}\n` })));
  return store;
}

describe('queries', () => {
  test.each([
    ['error', {}, 'Error, ERROR', 2],
    ['error', { matchCase: true }, 'Error, error', 1],
    ['a.c*', {}, 'a.c* abcc', 1],
    ['a.c*', { isRegex: true }, 'a.c* abcc', 2],
    ['[', {}, '[[', 2],
    ['loss: \\d+', { isRegex: true }, 'loss: 12 loss: x', 1],
    ['x*', { isRegex: true }, 'axxb\u{1f680}x', 2],
    ['\\-', { isRegex: true }, 'a-b', 1],
    ['.', { isRegex: true }, '\u{1f680}', 1],
    ['\u00e9', {}, '\u00c9t\u00e9', 2],
  ])('%s %j', (text, options, line, count) => {
    expect(matchesIn(line, query(text, options)!)).toHaveLength(count);
  });

  test('an invalid expression is a SyntaxError, and no text is no query', () => {
    expect(() => query('(', { isRegex: true })).toThrow(SyntaxError);
    expect(query('')).toBeUndefined();
  });
});

describe('a search', () => {
  test('counts, and finds a match by its number and back', () => {
    const { search, runAll } = manual(storeOf('a a', 'b', 'xa', 'aaa'), 'a');
    expect([search.total, search.isDone]).toEqual([0, false]);
    runAll();
    expect([search.total, search.isDone]).toEqual([6, true]);
    expect([0, 2, 5].map(search.at)).toEqual([
      { index: 0, nth: 0 },
      { index: 2, nth: 0 },
      { index: 3, nth: 2 },
    ]);
    expect(search.ordinalOf({ index: 3, nth: 1 })).toBe(4);
    expect(search.firstFrom(1)).toBe(2);
  });

  test('continues with new lines, and looks again at changed ones', () => {
    const store = storeOf('a');
    const { search, runAll, onChange } = manual(store, 'a');
    runAll();
    store.append([{ stream: 'stdout', time: 1, data: 'aa' }]);
    runAll();
    expect(search.total).toBe(3);
    store.append([{ stream: 'stdout', time: 1, data: '\rbb' }]);
    runAll();
    expect(search.total).toBe(1);
    search.stop();
    onChange.mockClear();
    store.append([{ stream: 'stdout', time: 1, data: '\naaa' }]);
    runAll();
    expect(onChange).not.toHaveBeenCalled();
  });

  test('of one stream', () => {
    const { search, runAll } = manual(storeOf('a', 'a', 'a', 'b'), 'a', 'stderr');
    runAll();
    expect(search.total).toBe(1);
  });

  test('pauses when a slice has taken its time', () => {
    let time = 0;
    const { search, slices } = manual(storeOf(...Array<string>(1000).fill('a')), 'a', 'all', () => (time += 5));
    slices.shift()!();
    expect(search.total).toBeGreaterThan(0);
    expect([search.total < 1000, search.isDone, slices.length]).toEqual([true, false, 1]);
    while (slices.length > 0) slices.shift()!();
    expect([search.total, search.isDone]).toEqual([1000, true]);
  });

  test('in another thread, in batches, also of lines that change meanwhile', async () => {
    const store = storeOf(...Array<string>(5000).fill('a'));
    const batches: number[] = [];
    const replies: (() => void)[] = [];
    const onError = vi.fn();
    const search = startSearch(store, {
      regex: query('a')!,
      stream: 'all',
      onChange: () => undefined,
      onError,
      later: (work) => work(),
      count(texts) {
        batches.push(texts.length);
        return new Promise((resolve, reject) => {
          replies.push(() => (batches.length === 4 ? reject(new Error('too long')) : resolve(texts.map(() => 1))));
        });
      },
    });
    expect([search.total, search.isDone]).toEqual([0, false]);
    replies.shift()!();
    await expect.poll(() => batches).toEqual([4000, 1000]);
    expect([search.total, search.isDone]).toEqual([4000, false]);
    store.append([{ stream: 'stdout', time: 1, data: 'a' }]);
    replies.shift()!();
    await expect.poll(() => batches).toEqual([4000, 1000, 1]);
    replies.shift()!();
    await expect.poll(() => [search.total, search.isDone]).toEqual([5001, true]);
    store.append([{ stream: 'stdout', time: 1, data: 'a' }]);
    replies.shift()!();
    await expect.poll(() => onError.mock.calls).toEqual([[new Error('too long')]]);
  });
});

describe('regular expressions in a worker', () => {
  /** A worker that replies when the test says so. */
  class FakeWorker extends EventTarget {
    static last: FakeWorker;
    readonly orders: SearchOrder[] = [];
    isTerminated = false;
    constructor() {
      super();
      FakeWorker.last = this;
    }
    postMessage(order: SearchOrder): void {
      this.orders.push(order);
    }
    terminate(): void {
      this.isTerminated = true;
    }
    reply(data: SearchReply): void {
      this.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  function open() {
    vi.stubGlobal('Worker', FakeWorker);
    vi.useFakeTimers();
    const matcher = openMatcher({ text: '(a+)+$', matchCase: false, isRegex: true });
    return { matcher, worker: FakeWorker.last };
  }

  test('replies reach those who asked', async () => {
    const { matcher, worker } = open();
    const counts = matcher.count(['a', 'b']);
    const ranges = matcher.ranges(['a']);
    // Before the worker is loaded, nothing is sent, and no time counts.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.orders).toEqual([]);
    worker.reply({ id: 0, found: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(worker.orders.map(({ texts, wantsRanges }) => [texts, wantsRanges])).toEqual([
      [['a', 'b'], false],
      [['a'], true],
    ]);
    worker.reply({ id: worker.orders[1]!.id, found: [[[0, 1]]] });
    worker.reply({ id: worker.orders[0]!.id, found: Uint32Array.of(1, 0) });
    expect([...(await counts)]).toEqual([1, 0]);
    expect(await ranges).toEqual([[[0, 1]]]);
    matcher.stop();
    expect(worker.isTerminated).toBe(true);
  });

  test('one that takes too long ends with its worker, and says so', async () => {
    const { matcher, worker } = open();
    worker.reply({ id: 0, found: [] });
    const asked = Promise.allSettled([matcher.count(['aaaa!']), matcher.ranges(['aaaa!'])]);
    await vi.advanceTimersByTimeAsync(2000);
    const reasons = (await asked).map((result) => result.status === 'rejected' && result.reason.message);
    expect(reasons).toEqual(Array(2).fill(expect.stringMatching(/^This expression takes too long/)));
    expect(worker.isTerminated).toBe(true);
  });
});
