import { isKaggleError } from '../core/errors.ts';
import { checkOptions } from '../core/options/check.ts';
import { createBodies, readBody } from './bodies.ts';
import type { EmulatorSettings } from './context.ts';
import { download, signedUrl } from './downloads.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import type { Executor } from './executors/types.ts';
import { createFaults, type Faults, type Injected } from './faults/book.ts';
import { damage, respondInstead } from './faults/inject.ts';
import { usersOf } from './fixtures/users.ts';
import { createIds } from './ids.ts';
import { memoryKeeper } from './keeper.ts';
import { logStream } from './kernels/log-stream.ts';
import { methods } from './methods.ts';
import { emulatorFields } from './options.ts';
import { allowOrigin, checkCaller, preflight } from './origins.ts';
import { createRuns, type Runs } from './runs.ts';
import { type InitialContent, type Starting, start } from './start.ts';
import { authenticate } from './tokens.ts';
import type { EmulatorState, EmulatorUser, RecordedRequest } from './types.ts';
import { putUpload } from './uploads.ts';
import { errorAnswer, jsonAnswer, WireError } from './wire.ts';

/** An emulator of Kaggle. */
export interface Emulator {
  /**
   * Handles a request, whatever its host. Pass it as the `fetch` of a client.
   *
   * Rejects where a real connection would break (see `faults`), and if fixtures or data are invalid.
   */
  fetch(request: Request): Promise<Response>;
  /** Users, datasets, kernels, uploads, and the last requests. */
  readonly state: EmulatorState;
  /** Faults to inject. */
  readonly faults: Faults;
  /** The options with their defaults. Changes take effect at once. */
  readonly options: EmulatorSettings;
  /**
   * Resolves when fixtures and data are loaded. Waiting for it is optional: requests wait for it.
   *
   * Rejects with `ValidationError` for invalid fixtures, and with `KaggleError` for a data folder that is corrupted or in
   * use; then every request rejects, too.
   */
  readonly ready: Promise<InitialContent>;
  /**
   * Restores the initial state: the fixtures, the faults of the options, an empty data folder. Running kernels are
   * stopped.
   */
  reset(): Promise<void>;
  /** Stops all runs and the executor, and releases the data folder. */
  close(): Promise<void>;
}

function emptyState(users: readonly EmulatorUser[], began: number): EmulatorState {
  return {
    began,
    users: users.map((user) => ({ ...user })),
    tokens: new Map(),
    uploads: new Map(),
    datasets: new Map(),
    deletedDatasets: new Set(),
    kernels: new Map(),
    revoked: new Set(),
    addedFixtures: new Set(),
    storagePort: undefined,
    links: new Map(),
    requests: [],
  };
}

function segment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new WireError(400, 'the path has an invalid percent escape');
  }
}

/**
 * Creates an emulator of Kaggle in this process: a function from requests to responses over a state in memory. No
 * socket is opened.
 *
 * @param options - All are optional.
 * @returns The emulator. Call `close()` when you no longer need it.
 * @throws `ValidationError` if an option is invalid.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import * as kernels from 'kaggle-ts/kernels';
 * import { createEmulator } from 'kaggle-ts/testing';
 *
 * const emulator = createEmulator();
 * const client = createClient({ token: 'KGAT_test', fetch: emulator.fetch });
 * const { log } = await kernels.run(client, { slug: 'alice/my-job', newTitle: 'My job', text: 'print(6 * 7)' });
 * await emulator.close();
 * ```
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  checkOptions('createEmulator', options, emulatorFields);
  const settings: EmulatorSettings = {
    seed: 1,
    lag: 200,
    processing: 500,
    slotLag: 0,
    savesWithoutSlot: false,
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
  const faults = createFaults(options.faults ?? []);
  const users = usersOf({ users: options.users });
  const state = emptyState(users, settings.now());
  let executor: Promise<Executor> | undefined;
  const openExecutor = () => {
    executor ??= options.executor
      ? Promise.resolve(options.executor)
      : import('./executors/pyodide.ts').then(({ pyodideExecutor }) => pyodideExecutor());
    return executor;
  };
  const firstIds = { lastId: 1000, random: settings.seed };
  const ids = createIds(firstIds);
  let runs: Runs;
  const context: Starting = {
    options: settings,
    state,
    faults,
    keeper: memoryKeeper,
    now: () => settings.now(),
    id: ids.id,
    hex: ids.hex,
    sign: (file) => signedUrl(context, file),
    schedule: () => runs.schedule(),
  };
  runs = createRuns(context, openExecutor);

  const keepBody = createBodies(settings.recorded);
  let ready: Promise<InitialContent> | undefined;
  function begin(again: boolean): void {
    if (options.data === undefined && options.fixtures === undefined) return;
    ready = start(context, ids, options, again).then((started) => {
      runs.schedule();
      return started;
    });
    // Reported by `ready` and by each request.
    ready.catch(() => {});
  }
  begin(false);

  async function answer(
    request: Request,
    url: URL,
    record: RecordedRequest,
    fault: Injected | undefined,
  ): Promise<Response> {
    const upload = url.pathname.startsWith('/upload/') && request.method === 'PUT';
    const instead = () => fault && respondInstead(fault, request, upload);
    const rpc = /^(?:\/api)?\/v1\/([\w.]+)\/(\w+)$/.exec(url.pathname);
    const log = /^(?:\/api)?\/v1\/kernels\/logs\/stream\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (rpc && request.method === 'POST') {
      const { body, size } = await readBody(request);
      keepBody(record, body, size);
      Object.assign(record, { service: rpc[1], rpc: rpc[2] });
      const injected = await instead();
      if (injected) return injected;
      const user = authenticate(context, request.headers.get('authorization'));
      const method = methods[`${rpc[1]}/${rpc[2]}`];
      if (!method)
        throw new WireError(
          501,
          `the emulator does not implement ${rpc[1]}/${rpc[2]}; mock it with kaggle-ts/testing/msw`,
        );
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
    throw new WireError(404, 'no such endpoint; call methods with POST /v1/SERVICE/METHOD');
  }

  async function handle(request: Request): Promise<Response> {
    if (ready) await ready;
    const url = new URL(request.url);
    const { method } = request;
    const record: RecordedRequest = { method, path: url.pathname, headers: Object.fromEntries(request.headers) };
    state.requests.push(record);
    if (state.requests.length > settings.recorded) state.requests.shift();
    const rpc = /\/v1\/([\w.]+\/\w+)$/.exec(url.pathname)?.[1];
    const refusal = (error: unknown) => {
      // The data folder could not be written.
      const failure = isKaggleError(error) ? new WireError(500, error.message) : error;
      if (!(failure instanceof WireError)) throw failure;
      return errorAnswer(failure, url.pathname);
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
    get ready() {
      return ready ?? Promise.resolve({ loaded: { datasets: 0, kernels: 0 }, added: { datasets: 0, kernels: 0 } });
    },
    async reset() {
      await ready;
      await runs.close();
      context.keeper.clear();
      runs = createRuns(context, openExecutor);
      ids.moveTo(firstIds);
      Object.assign(state, emptyState(users, settings.now()));
      faults.clear();
      for (const fault of options.faults ?? []) faults.add(fault);
      begin(true);
      await ready;
    },
    async close() {
      await ready?.catch(() => {});
      await context.keeper.close(() => runs.close());
      await (await executor)?.close?.();
    },
  };
}
