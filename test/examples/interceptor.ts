import { createEmulator, type Executor, type ServedEmulator, serveEmulator } from '../../src/testing/index.ts';

/** When a request of a job stops for ever: before the emulator sees it, or when it has responded. */
export type Moment = 'before' | 'after';

/** Requests that a job makes in one of its steps, by the end of their path. */
export const points: Readonly<Record<string, RegExp>> = {
  start: /^POST .*\/StartBlobUpload$/,
  bytes: /^PUT /,
  version: /^POST .*\/CreateDataset$/,
  ready: /^POST .*\/GetDatasetStatus$/,
  push: /^POST .*\/SaveKernel$/,
  status: /^POST .*\/GetKernelSessionStatus$/,
  output: /^POST .*\/ListKernelSessionOutput$/,
  file: /^GET .*\.bin$/,
};

export interface Interceptor extends ServedEmulator {
  /** Stops the first request of each point and moment whose job is named for it: `stop-push-after`. */
  readonly stopped: Set<string>;
  /** Lets all requests pass again. */
  release(): void;
}

/** All jobs may run at the same time. */
const users = [{ username: 'alice', token: 'KGAT_test', cpuSessions: 20 }];

const jobName = /stop-([a-z]+)-(before|after)/;

/** Serves an emulator that can stop requests of jobs, so that a process can be killed while they are in progress. */
export async function serveIntercepted(executor: Executor): Promise<Interceptor> {
  const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 20, users });
  const stopped = new Set<string>();
  /** Jobs by the URL of their upload session, which does not name them. */
  const sessions = new Map<string, string>();
  let active = true;

  async function fetch(request: Request): Promise<Response> {
    const { method, url } = request;
    const isCall = method === 'POST' && new URL(url).pathname.includes('ApiService/');
    const text = isCall ? await request.clone().text() : '';
    const [name, point, moment] = jobName.exec(`${sessions.get(url) ?? ''} ${url} ${text}`) ?? [];
    const stops =
      active && name && !stopped.has(name) && points[point!]?.test(`${method} ${new URL(url).pathname}`) === true;
    const stop = () => {
      stopped.add(name!);
      return new Promise<never>(() => undefined);
    };
    if (stops && moment === 'before') return stop();
    const response = await emulator.fetch(request);
    if (name && url.endsWith('/StartBlobUpload') && response.ok) {
      const { createUrl } = (await response.clone().json()) as { createUrl: string };
      sessions.set(createUrl, name);
    }
    return stops ? stop() : response;
  }

  const served = await serveEmulator({ emulator: { ...emulator, fetch } });
  return Object.assign(served, {
    stopped,
    release() {
      active = false;
    },
  });
}
