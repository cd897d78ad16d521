import type { Clock } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
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

const words: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
};

/** An answer that says no, as api.kaggle.com does. */
export const refuse = (status: number, message = 'no'): Response =>
  json({ error: { code: status, message, status: words[status] ?? 'UNKNOWN' } }, status);

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
      const query = new URL(request.url).search;
      const handler = handlers[method + query] ?? handlers[method];
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

interface Version {
  /** `NONE`: Kaggle has saved it, but there is no run of it yet. */
  status: string;
  failureMessage?: string;
  files?: Record<string, string>;
  log?: string;
}

const ended = ['COMPLETE', 'ERROR', 'CANCEL_ACKNOWLEDGED'];

/**
 * A kernel with versions (1 is the first), as Kaggle was seen to answer: a version is named by `v<N>` and nothing else;
 * without a label the newest run counts; 404 as long as there is no run; no file and no log before a run has ended.
 */
export function createKernel(...versions: Version[]) {
  const state = { versions };
  const pick = ({ versionLabel }: { versionLabel?: string }): Version | Response => {
    const number = Number(/^v(\d+)$/.exec(versionLabel ?? '')?.[1]);
    const found =
      versionLabel === undefined
        ? state.versions.findLast(({ status }) => status !== 'NONE')
        : state.versions[number - 1];
    if (!found && versionLabel !== undefined) return refuse(404, 'Requested entity was not found.');
    return found && found.status !== 'NONE' ? found : refuse(404, 'No runs found for this kernel.');
  };
  const handlers: Record<string, Handler> = {
    GetKernel: () => ({
      metadata: { id: 500, ref: 'alice/my-job-one', currentVersionNumber: state.versions.length },
      blob: { source: 'print(1)' },
    }),
    GetKernelSessionStatus: (body) => {
      const version = pick(body);
      return version instanceof Response ? version : { status: version.status, failureMessage: version.failureMessage };
    },
    ListKernelFiles: () => ({ files: [] }),
    ListKernelSessionOutput: (body) => {
      const version = pick(body);
      if (version instanceof Response) return version;
      if (!ended.includes(version.status)) return { files: [], log: '' };
      if (body.pageSize > 500) return refuse(400, 'pageSize');
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
