import type { KaggleClient } from '../../src/core/client.ts';
import { createClient } from '../../src/core/create-client.ts';
import type { Clock } from '../../src/core/poll.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';

/** A request as the fake saw it: the method's name (or `GET path`) and its body. */
export interface Seen {
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
  body: any;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
export type Handler = (body: any, request: Request) => unknown;

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

/** An answer that says no. */
export const refuse = (status: number, message = 'no'): Response => json({ code: status, message }, status);

/** A server made of handlers by method name or `GET path`; a handler gives JSON or a whole response. */
export function createFake(handlers: Record<string, Handler>, files: Record<string, string> = {}) {
  const requests: Seen[] = [];
  const client: KaggleClient = createClient({
    token: 'KGAT_test',
    endpoint: 'http://kaggle.test',
    platform: memoryPlatform({ files }),
    retry: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname.replace('/api/v1/', '');
      const text = await request.text();
      const method = request.method === 'POST' ? path.split('/').at(-1)! : `${request.method} ${path}`;
      const body = text && request.method === 'POST' ? JSON.parse(text) : undefined;
      requests.push({ method, body });
      const handler = handlers[method];
      if (!handler) return refuse(501, `the fake has no ${method}`);
      const answer = await handler(body, request);
      return answer instanceof Response ? answer : json(answer ?? {});
    },
  });
  return { client, requests, called: () => requests.map((request) => request.method) };
}

/** A clock that moves only when something sleeps on it; `onSleep` is told the time in seconds. */
export function fakeClock(onSleep: (seconds: number) => void = () => {}): Clock & { sleeps: number[] } {
  let now = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
      sleeps.push(ms / 1000);
      onSleep(now / 1000);
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    },
  };
}

/** How a server treats versionLabel. */
export type LabelMode = 'honour' | 'ignore' | 'refuse';

interface Version {
  status: string;
  failureMessage?: string;
  files?: Record<string, string>;
  log?: string;
}

/** A kernel with versions (1 is the first) and a view of it that lags behind: `shown` is the version that can be seen. */
export function createVersionedKernel(mode: LabelMode, versions: Version[]) {
  const state = { versions, shown: versions.length };
  const pick = (body: { versionLabel?: string }): Version | Response => {
    const label = body.versionLabel;
    if (label === undefined || mode === 'ignore') return state.versions[state.shown - 1] ?? refuse(404);
    if (mode === 'refuse') return refuse(400, 'versionLabel is not known');
    const found = Number(label) <= state.shown ? state.versions[Number(label) - 1] : undefined;
    return found ?? refuse(404);
  };
  const handlers: Record<string, Handler> = {
    GetKernel: () => ({ metadata: { ref: '/code/alice/my-job-one', currentVersionNumber: state.shown } }),
    GetKernelSessionStatus: (body) => {
      const version = pick(body);
      return version instanceof Response ? version : { status: version.status, failureMessage: version.failureMessage };
    },
    ListKernelSessionOutput: (body) => {
      const version = pick(body);
      if (version instanceof Response) return version;
      const names = Object.keys(version.files ?? {});
      const start = Number(body.pageToken || 0);
      const next = start + 2;
      return {
        files: names.slice(start, next).map((fileName) => ({
          fileName,
          url: `http://storage.test/out/${encodeURIComponent(fileName)}?sig=secret`,
        })),
        ...(start === 0 && version.log !== undefined && { log: version.log }),
        nextPageToken: next < names.length ? String(next) : '',
      };
    },
  };
  return { state, handlers };
}
