/**
 * Cases for a page, with React or with Preact. A case renders components, changes the server, and waits for what the page shows;
 * it throws if that does not come.
 */
import { createElement, StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import type { Clock } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { type UseRunOptions, useRun, useRuns } from '../../src/react/index.ts';
import { attach, type RunRef } from '../../src/services/kernels/index.ts';
import { writeJobId } from '../../src/services/kernels/job/id.ts';
import { createFake, json, refuse } from '../contract/kernels-fake.ts';

interface FakeRun {
  status: string;
  failureMessage?: string;
  log?: string[];
}

/** Time passes 200 times as fast. */
const fastClock: Clock = {
  now: () => performance.now() * 200,
  random: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(resolve, ms / 200);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};

/** A server whose runs the case changes. A request with a gate waits until the case opens it. */
function createServer(runs: Record<string, FakeRun>) {
  const open = new Set<string>();
  const asked: string[] = [];
  const aborted: string[] = [];
  let gate: Promise<void> | undefined;
  const entry = (data: string) => ({ stream_name: 'stdout', time: 1, data });

  function stream(slug: string, request: Request): Response {
    const name = `log ${slug}`;
    const encoder = new TextEncoder();
    let sent = 0;
    open.add(name);
    request.signal.addEventListener('abort', () => open.delete(name));
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const isDue = () => sent < (runs[slug]?.log?.length ?? 0) || runs[slug]?.status !== 'RUNNING';
        while (!isDue() && !request.signal.aborted) await pause();
        const line = runs[slug]?.log?.[sent++];
        controller.enqueue(
          encoder.encode(`data: ${line === undefined ? 'END_OF_LOG' : JSON.stringify(entry(line))}\n\n`),
        );
        if (line !== undefined) return;
        controller.close();
        open.delete(name);
      },
      cancel: () => void open.delete(name),
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  const logs = Object.keys(runs).map((slug) => [
    `GET kernels/logs/stream/alice/${slug}`,
    (_body: unknown, request: Request) => stream(slug, request),
  ]);
  const fake = createFake({
    ...Object.fromEntries(logs),
    async GetKernelSessionStatus({ kernelSlug }, request) {
      asked.push(kernelSlug);
      open.add(kernelSlug);
      request.signal.addEventListener('abort', () => aborted.push(kernelSlug));
      await gate;
      open.delete(kernelSlug);
      const run = runs[kernelSlug];
      return run ? { ...run } : refuse(403, "Permission 'kernels.get' was denied");
    },
    // The stored log has other pieces than the live one: one for all lines.
    ListKernelSessionOutput({ kernelSlug }) {
      const log = runs[kernelSlug]?.log ?? [];
      return json({ files: [], log: JSON.stringify(log.length > 0 ? [entry(log.join(''))] : []) });
    },
  });
  const client: KaggleClient = { ...fake.client, clock: fastClock };
  /** Stops all responses until the returned function is called. */
  function close(): () => void {
    let open = () => {};
    gate = new Promise((resolve) => (open = resolve));
    return open;
  }
  return { client, runs, asked, aborted, open, close };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Waits until `check` returns true; fails after 5 seconds with what was found. */
async function until(what: string, check: () => unknown): Promise<void> {
  const end = performance.now() + 5000;
  while (!check()) {
    if (performance.now() > end) throw new Error(`expected ${what}; the page shows ${document.body.innerText}`);
    await pause();
  }
}

function equal(found: unknown, expected: unknown, what = 'value'): void {
  const [left, right] = [found, expected].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

let root: ReturnType<typeof createRoot> | undefined;

/** Renders in a new element, under StrictMode, and returns a function that unmounts it. */
function mount(element: ReturnType<typeof createElement>): () => void {
  root?.unmount();
  const place = document.createElement('main');
  document.body.replaceChildren(place);
  const mounted = createRoot(place);
  root = mounted;
  flushSync(() => mounted.render(createElement(StrictMode, null, element)));
  return () => mounted.unmount();
}

const text = () => document.body.innerText;
const shows = (part: string) => until(`"${part}"`, () => text().includes(part));

let renders = 0;

interface RunProps {
  client: KaggleClient;
  run: RunRef | undefined;
  options?: UseRunOptions;
}

function Run({ client, run, options }: RunProps) {
  const { status, failureMessage, ended, error, entries } = useRun(client, run, options);
  renders++;
  const log = entries.map(({ data }) => data).join('');
  return createElement('pre', null, `[${status} ${ended} ${failureMessage} ${error ?? 'fine'}] ${log}`);
}

function Runs({ client, runs }: { client: KaggleClient; runs: RunRef[] }) {
  const { runs: states, error } = useRuns(client, runs);
  const statuses = states.map(({ status }) => status).join();
  return createElement('pre', null, `${statuses} ${error ?? 'fine'}`);
}

/** A component whose props the case changes. */
function changeable<Props extends object>(component: (props: Props) => ReturnType<typeof createElement>, first: Props) {
  let change: (props: Props) => void = () => {};
  function Changeable() {
    const [props, setProps] = useState(first);
    change = setProps;
    return createElement(component, props);
  }
  return { element: createElement(Changeable), change: (props: Props) => flushSync(() => change(props)) };
}

function setHidden(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

const running = (count = 1): Record<string, FakeRun> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`run-${index}`, { status: 'RUNNING' }]));

export const cases: Record<string, () => Promise<void>> = {
  async 'a run is shown until it has ended, with its message'() {
    const { client, runs, asked } = createServer({ 'run-0': { status: 'QUEUED' } });
    mount(createElement(Run, { client, run: 'alice/run-0/1' }));
    equal(text(), '[undefined false undefined fine] ', 'at first');
    await shows('[QUEUED false');
    runs['run-0'] = { status: 'RUNNING' };
    await shows('[RUNNING false');
    runs['run-0'] = { status: 'ERROR', failureMessage: 'out of memory' };
    await shows('[ERROR true out of memory fine]');
    const count = asked.length;
    for (let turn = 0; turn < 50; turn++) await pause();
    equal(asked.length, count, 'requests after the end');
  },

  async 'components that show the same run share its requests, StrictMode included'() {
    const { client, asked, close } = createServer(running());
    const release = close();
    const items = Array.from({ length: 30 }, (_, key) => createElement(Run, { key, client, run: 'alice/run-0/1' }));
    mount(createElement('div', null, items));
    await until('a request', () => asked.length > 0);
    for (let turn = 0; turn < 20; turn++) await pause();
    equal(asked, ['run-0'], 'requests');
    release();
    await until('30 states', () => text().match(/RUNNING/g)?.length === 30);
  },

  async 'a reference that is created for each render is the same run'() {
    const { client, asked, aborted } = createServer(running(2));
    const runs = () => [{ ref: 'alice/run-0', versionNumber: 1 }, new URL('https://www.kaggle.com/code/alice/run-1')];
    const { element, change } = changeable(Runs, { client, runs: runs() });
    mount(element);
    await shows('RUNNING,RUNNING fine');
    for (let turn = 0; turn < 20; turn++) change({ client, runs: runs() });
    for (let turn = 0; turn < 20; turn++) await pause();
    equal(aborted, [], 'aborted requests');
    equal([...new Set(asked)].sort(), ['run-0', 'run-1']);
  },

  async 'another run replaces the first one at once, whose requests are aborted'() {
    const { client, runs, asked, aborted, close } = createServer(running(2));
    runs['run-1'] = { status: 'COMPLETE' };
    const { element, change } = changeable(Run, { client, run: 'alice/run-0/1' } as RunProps);
    mount(element);
    await shows('[RUNNING');
    const release = close();
    const count = asked.length;
    await until('another request', () => asked.length > count);
    change({ client, run: 'alice/run-1/1' });
    equal(text(), '[undefined false undefined fine] ', 'after the change');
    await until('an abort', () => aborted.includes('run-0'));
    release();
    await shows('[COMPLETE true');
    change({ client, run: undefined });
    equal(text(), '[undefined false undefined fine] ', 'without a run');
  },

  async 'nothing is requested without a run, and after the component is gone'() {
    const { client, asked, aborted, close, open } = createServer(running());
    const { element, change } = changeable(Run, { client, run: undefined } as RunProps);
    const unmount = mount(element);
    for (let turn = 0; turn < 20; turn++) await pause();
    equal(asked, [], 'requests without a run');
    change({ client, run: 'alice/run-0/1', options: { logs: 'live' } });
    await until('a log', () => open.has('log run-0'));
    close();
    unmount();
    await until('a closed log', () => !open.has('log run-0'));
    const count = asked.length;
    for (let turn = 0; turn < 30; turn++) await pause();
    equal(asked.length, count, 'requests after the end');
    equal(aborted.length <= 1, true);
  },

  async 'errors are part of the result'() {
    const { client, runs } = createServer(running());
    mount(createElement(Run, { client, run: 'alice/missing/1' }));
    await shows('PermissionError');
    mount(createElement(Run, { client, run: 'not a kernel' }));
    await shows('invalid kernel "not a kernel"');
    mount(createElement(Run, { client, run: 'alice/run-0', options: { log: 'live' } as UseRunOptions }));
    await shows('log');
    mount(createElement(Runs, { client, runs: ['alice/run-0', 'alice/missing/1', null as unknown as string] }));
    await until('both', () => /^RUNNING,,\s*\S*(?:Permission|Validation)Error/.test(text()));
    runs['run-0'] = { status: 'COMPLETE' };
    await shows('COMPLETE,,');
  },

  async 'a job and its id are runs, too'() {
    const { client } = createServer(running());
    const id = writeJobId({ ref: 'alice/run-0', versionNumber: 1, kernelId: 5, key: undefined, pushedAt: Date.now() });
    mount(createElement(Run, { client, run: attach(client, id) }));
    await shows('[RUNNING');
    mount(createElement(Run, { client, run: id }));
    await shows('kernels.attach(client, id)');
  },

  async 'a hidden page requests nothing, and continues at once when it is visible, without repeating the log'() {
    const { client, runs, asked, open } = createServer({ 'run-0': { status: 'RUNNING', log: ['one\n', 'two\n'] } });
    mount(createElement(Run, { client, run: 'alice/run-0/1', options: { logs: 'live' } }));
    await shows('one\ntwo');
    setHidden(true);
    await until('a closed log', () => !open.has('log run-0'));
    const count = asked.length;
    for (let turn = 0; turn < 30; turn++) await pause();
    equal(asked.length, count, 'requests of a hidden page');
    equal(text().includes('one\ntwo'), true, 'the log of a hidden page is kept');
    runs['run-0'] = { status: 'COMPLETE', log: ['one\n', 'two\n', 'three\n'] };
    setHidden(false);
    await shows('[COMPLETE true undefined fine] one\ntwo\nthree');
    equal(text().match(/one/g)?.length, 1, 'first lines');
    setHidden(true);
    mount(createElement(Run, { client, run: 'alice/run-0/2' }));
    for (let turn = 0; turn < 20; turn++) await pause();
    const before = asked.length;
    setHidden(false);
    await shows('[COMPLETE');
    setHidden(true);
    mount(createElement(Run, { client, run: 'alice/run-0/3', options: { background: true } }));
    await shows('[COMPLETE');
    setHidden(false);
    equal(asked.length > before, true);
  },

  async 'a component without the log is not rendered for its lines, and one that is added later gets the log'() {
    const { client, runs } = createServer({ 'run-0': { status: 'RUNNING', log: ['one\n'] } });
    function Both({ logs }: { logs: boolean }) {
      const log = createElement(Run, { client, run: 'alice/run-0/1', options: { logs: 'live' } });
      return createElement('div', null, createElement(Runs, { client, runs: ['alice/run-0/1'] }), logs ? log : null);
    }
    const { element, change } = changeable(Both, { logs: false });
    mount(element);
    await shows('RUNNING fine');
    change({ logs: true });
    await shows('one');
    mount(createElement(Run, { client, run: 'alice/run-0/1' }));
    await shows('[RUNNING');
    const count = renders;
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`);
    runs['run-0'] = { status: 'RUNNING', log: ['one\n', ...lines] };
    for (let turn = 0; turn < 30; turn++) await pause();
    equal(renders, count, 'renders without a log');
    change({ logs: false });
    mount(createElement(Run, { client, run: 'alice/run-0/1', options: { logs: 'live' } }));
    const start = renders;
    await shows('line 1999');
    equal(renders - start < 60, true, `${renders - start} renders for 2000 lines`);
    runs['run-0'] = { status: 'COMPLETE', log: ['one\n', ...lines] };
    await shows('[COMPLETE true');
    mount(createElement(Run, { client, run: 'alice/run-0/1' }));
    await shows('[COMPLETE true');
  },

  async 'a few live logs are open at the same time, and the others are read, too'() {
    const runs = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`run-${index}`, { status: 'RUNNING', log: [`log ${index};`] }]),
    );
    const { client, open } = createServer(runs);
    const items = Object.keys(runs).map((slug) =>
      createElement(Run, { key: slug, client, run: `alice/${slug}/1`, options: { logs: 'live' } }),
    );
    const limited = { ...client, platform: { ...client.platform, concurrency: 6 } };
    const some = items.map((item) =>
      createElement(Run, { ...(item.props as RunProps), key: item.key, client: limited }),
    );
    mount(createElement('div', null, some));
    await until('all logs', () => Array.from(Object.keys(runs)).every((_, index) => text().includes(`log ${index};`)));
    // A polled log is closed after a second without a line.
    await until('4 logs', () => [...open].filter((each) => each.startsWith('log')).length === 4);
  },

  async 'a page from a server is hydrated'() {
    const { client } = createServer(running());
    root?.unmount();
    root = undefined;
    const place = document.createElement('main');
    place.innerHTML = '<pre>[undefined false undefined fine] </pre>';
    document.body.replaceChildren(place);
    const server = place.firstChild;
    const hydrated = hydrateRoot(place, createElement(Run, { client, run: 'alice/run-0/1' }));
    await shows('[RUNNING');
    equal(place.firstChild === server, true, 'the element of the server is kept');
    hydrated.unmount();
  },
};

Object.assign(globalThis, { cases });
