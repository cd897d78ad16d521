import { type Context, createRandom } from './context.ts';
import { download, signedUrl } from './downloads.ts';
import type { Executor } from './executors/types.ts';
import { damage, insteadOf } from './fault-effects.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { logStream } from './kernels/log-stream.ts';
import { methods } from './methods.ts';
import { allowOrigin, checkCaller, preflight } from './origins.ts';
import { createRuns, type Runs } from './runs.ts';
import { authenticate } from './tokens.ts';
import type { EmulatorOptions, EmulatorState, EmulatorUser, RecordedRequest } from './types.ts';
import { putUpload } from './uploads.ts';
import { errorAnswer, jsonAnswer, WireError } from './wire.ts';

/** A Kaggle of one's own: a function from requests to answers over a state that can be looked at. */
export interface Emulator {
  /** Answers any request, whatever its host: `createClient({ fetch: emulator.fetch, token: 'KGAT_test' })`. */
  fetch(request: Request): Promise<Response>;
  readonly state: EmulatorState;
  readonly faults: Faults;
  readonly options: Context['options'];
  /** Back to the start: no datasets, no kernels, no faults but those of the options. Runs are stopped. */
  reset(): Promise<void>;
  /** Stops all runs and what the executor keeps. */
  close(): Promise<void>;
}

const defaultUsers: EmulatorUser[] = [
  { username: 'alice', userId: 7, token: 'KGAT_test', key: 'alice-key' },
  { username: 'bob', userId: 8, token: 'KGAT_bob', key: 'bob-key' },
];

function emptyState(users: readonly EmulatorUser[], began: number): EmulatorState {
  return {
    began,
    users: users.map((user) => ({ ...user })),
    tokens: new Map(),
    uploads: new Map(),
    datasets: new Map(),
    deletedDatasets: new Set(),
    kernels: new Map(),
    links: new Map(),
    requests: [],
  };
}

function segment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new WireError(400, 'The path is not well encoded');
  }
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new WireError(415, 'Content-Type must be application/json');
  }
  let body: unknown;
  try {
    body = JSON.parse((await request.text()) || '{}');
  } catch {
    throw new WireError(400, 'The body is not JSON');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new WireError(400, 'The body must be an object');
  return body as Record<string, unknown>;
}

/** Makes an emulator. Kernels run where `executor` runs them; without one, CPython in WebAssembly is loaded at the first push. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const settings: Context['options'] = {
    seed: 1,
    lag: 200,
    processing: 500,
    mounts: 'owner',
    storageOrigin: 'https://storage.kaggle-emulator.invalid',
    allowedOrigins: [],
    allowedHosts: [],
    concurrency: 2,
    recorded: 10_000,
    charset: true,
    hashes: 'both',
    rate: Number.POSITIVE_INFINITY,
    now: Date.now,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
  const users = options.users ?? defaultUsers;
  const faults = createFaults(options.faults ?? []);
  const state = emptyState(users, settings.now());
  let executor: Promise<Executor> | undefined;
  const openExecutor = () => {
    executor ??= options.executor
      ? Promise.resolve(options.executor)
      : import('./executors/pyodide.ts').then(({ pyodideExecutor }) => pyodideExecutor());
    return executor;
  };
  let random = createRandom(settings.seed);
  let lastId = 1000;
  let runs: Runs;
  const context: Context = {
    options: settings,
    state,
    faults,
    now: () => settings.now(),
    id: () => lastId++,
    hex: (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join(''),
    sign: (file) => signedUrl(context, file),
    schedule: () => runs.schedule(),
  };
  runs = createRuns(context, openExecutor);

  async function answer(
    request: Request,
    url: URL,
    record: RecordedRequest,
    fault: Fault | undefined,
  ): Promise<Response> {
    const upload = url.pathname.startsWith('/upload/') && request.method === 'PUT';
    const instead = () => fault && insteadOf(fault, request, upload);
    const rpc = /^(?:\/api)?\/v1\/([\w.]+)\/(\w+)$/.exec(url.pathname);
    const log = /^(?:\/api)?\/v1\/kernels\/logs\/stream\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (rpc && request.method === 'POST') {
      const body = await readBody(request);
      Object.assign(record, { service: rpc[1], rpc: rpc[2], body });
      const injected = await instead();
      if (injected) return injected;
      const user = authenticate(context, request.headers.get('authorization'));
      const method = methods[`${rpc[1]}/${rpc[2]}`];
      if (!method) throw new WireError(501, `The emulator has no ${rpc[1]}/${rpc[2]}`);
      if (method.who === 'user' && !user) throw new WireError(401, 'Unauthenticated');
      const result = await method.handle({ context, user, body, origin: url.origin });
      return result instanceof Response ? result : jsonAnswer(result);
    }
    const injected = await instead();
    if (injected) {
      await request.body?.cancel();
      return injected;
    }
    if (log && request.method === 'GET') {
      const user = authenticate(context, request.headers.get('authorization'));
      const label = url.searchParams.get('versionLabel') ?? '';
      return logStream({ context, user }, segment(log[1]!), segment(log[2]!), label);
    }
    if (upload) return putUpload(context, request, url, fault);
    if (/^\/(?:download|kf)\//.test(url.pathname) && /^(GET|HEAD)$/.test(request.method))
      return download(context, request, url, fault);
    throw new WireError(404, 'Not found');
  }

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const { method } = request;
    const record: RecordedRequest = { method, path: url.pathname, headers: Object.fromEntries(request.headers) };
    state.requests.push(record);
    if (state.requests.length > settings.recorded) state.requests.shift();
    const rpc = /\/v1\/([\w.]+\/\w+)$/.exec(url.pathname)?.[1];
    const refusal = (error: unknown) => {
      if (!(error instanceof WireError)) throw error;
      return errorAnswer(error, url.pathname);
    };
    try {
      checkCaller(request, url, settings);
    } catch (error) {
      return allowOrigin(refusal(error), request, settings);
    }
    if (method === 'OPTIONS') return preflight(request, settings);
    const fault = faults.take({ rpc, verb: method, path: url.pathname, query: url.search, headers: request.headers });
    const response = await answer(request, url, record, fault).catch(refusal);
    return allowOrigin(fault ? await damage(response, fault, request) : response, request, settings);
  }

  return {
    fetch: handle,
    state,
    faults,
    options: settings,
    async reset() {
      await runs.close();
      runs = createRuns(context, openExecutor);
      random = createRandom(settings.seed);
      lastId = 1000;
      Object.assign(state, emptyState(users, settings.now()));
      faults.clear();
      for (const fault of options.faults ?? []) faults.add(fault);
    },
    async close() {
      await runs.close();
      await (await executor)?.close?.();
    },
  };
}
