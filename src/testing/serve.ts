import { KaggleError } from '../core/errors.ts';
import { createEmulator, type Emulator } from './emulator.ts';
import { ConnectionRefused } from './faults/connection.ts';
import { checkServeOptions } from './options.ts';
import { loadHttp, type NodeRequest, type NodeResponse, type NodeServer } from './runtime-modules.ts';
import type { EmulatorOptions } from './types.ts';

export interface ServeOptions extends EmulatorOptions {
  /** Port of the API; default 0, any free one. */
  port?: number | undefined;
  /** Port of the storage, an origin of its own as with the real service; default that of the last start with `data`, or 0. */
  storagePort?: number | undefined;
  /** `127.0.0.1` (default), `localhost` or `::1`: only loopback. */
  host?: string | undefined;
  /** An emulator that is there already; its options then count, not those given here. */
  emulator?: Pick<Emulator, 'fetch' | 'options' | 'state' | 'faults' | 'ready' | 'reset' | 'close'> | undefined;
}

export interface ServedEmulator {
  /** Address of the API: `createClient({ endpoint: url, token: 'KGAT_test' })`. */
  readonly url: string;
  readonly storageUrl: string;
  readonly emulator: NonNullable<ServeOptions['emulator']>;
  /** Ends all connections and runs. */
  close(): Promise<void>;
}

async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await iterator.next()).done);
}

function toRequest(incoming: NodeRequest, origin: string, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  const method = incoming.method ?? 'GET';
  const hasBody = !/^(GET|HEAD|OPTIONS)$/.test(method);
  const iterator = incoming[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      cancel() {
        // What is not wanted must still be taken in, or the client goes on writing and never reads the answer.
        drain(iterator).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal, ...(hasBody && { body, duplex: 'half' }) };
  return new Request(`${origin}${incoming.url ?? '/'}`, init);
}

/** Breaks a connection off, after what was written so far; a reset where it was refused. */
function cut(incoming: NodeRequest, outgoing: NodeResponse, refused: boolean): void {
  const { socket } = incoming;
  if (refused && socket?.resetAndDestroy) socket.resetAndDestroy();
  else if (socket?.destroySoon) socket.destroySoon();
  else {
    incoming.destroy();
    outgoing.destroy();
  }
}

async function send(response: Response, outgoing: NodeResponse): Promise<void> {
  const headers = [...response.headers].flat();
  outgoing.writeHead(response.status, headers);
  const reader = response.body?.getReader();
  if (!reader) return outgoing.end();
  outgoing.flushHeaders();
  let gone = false;
  const closed = new Promise<'closed'>((resolve) =>
    outgoing.once('close', () => {
      gone = true;
      resolve('closed');
    }),
  );
  for (;;) {
    const step = await Promise.race([reader.read(), closed]);
    if (gone || step === 'closed') return void reader.cancel().catch(() => {});
    if (step.done) return outgoing.end();
    if (!outgoing.write(step.value))
      await Promise.race([new Promise<void>((resolve) => outgoing.once('drain', resolve)), closed]);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is already in use',
  EACCES: 'permission denied for this port',
};

/** The error for a port that cannot be opened, with the `code` of the runtime's. */
function cannotListen(cause: Error & { code?: string }, port: number, host: string): KaggleError {
  const { code, message } = cause;
  const why = reasons[code ?? ''] ?? message;
  const error = new KaggleError(
    `serveEmulator: cannot listen on ${host}, port ${port}: ${why}; pass another port, or 0 for any free one`,
    { cause },
  );
  return Object.assign(error, { code });
}

async function listen(
  handle: (request: NodeRequest, response: NodeResponse) => void,
  port: number,
  host: string,
): Promise<NodeServer> {
  const { createServer } = await loadHttp();
  const server = createServer(handle);
  // A long upload is no fault.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, port, host)));
    server.listen(port, host, resolve);
  });
  return server;
}

/** One of the two origins. */
interface Place {
  origin: string;
  /** `undefined` while nobody listens. */
  server: NodeServer | undefined;
  reopening: ReturnType<typeof setTimeout> | undefined;
}

function end(server: NodeServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

/**
 * Serves an emulator on two loopback ports: the API and, as another origin, the storage. Works on Node, Deno and Bun.
 * Requests with a Host that is not one of ours, and pages of origins that were not named, are refused. Rejects if
 * `fixtures` or `data` are invalid.
 */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  checkServeOptions(options);
  const { port = 0, storagePort, host = '127.0.0.1', emulator: given, ...own } = options;
  const emulator = given ?? createEmulator(own);
  const serve = (place: Place) => async (incoming: NodeRequest, outgoing: NodeResponse) => {
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort(new Error('the client went away'));
    });
    try {
      await send(await emulator.fetch(toRequest(incoming, place.origin, gone.signal)), outgoing);
    } catch (error) {
      // A cut connection, injected or real: that the client sees no answer is the answer.
      const refused = error instanceof ConnectionRefused;
      const cutOthers = refused && error.seconds > 0 ? shut(place, error.seconds) : undefined;
      cut(incoming, outgoing, refused);
      cutOthers?.();
    }
  };
  const name = host.includes(':') ? `[${host}]` : host;
  const places: Place[] = [];
  let closed = false;
  const open = async (wanted: number): Promise<Place> => {
    const place: Place = { origin: '', server: undefined, reopening: undefined };
    place.server = await listen(serve(place), wanted, host);
    place.origin = `http://${name}:${place.server.address().port}`;
    places.push(place);
    return place;
  };
  /** On its last port, if that is free, so that upload sessions stay valid. */
  const openStorage = async (): Promise<Place> => {
    const { state } = emulator;
    const place = await (storagePort === undefined && state.storagePort
      ? open(state.storagePort).catch(() => open(0))
      : open(storagePort ?? 0));
    state.storagePort = place.server!.address().port;
    return place;
  };
  /** Nobody listens at the port for a while; what it gives cuts what is still connected. */
  const shut = (place: Place, seconds: number): (() => void) | undefined => {
    const { server } = place;
    if (!server || closed) return undefined;
    const { port } = server.address();
    place.server = undefined;
    const ended = new Promise<void>((resolve) => server.close(resolve));
    place.reopening = setTimeout(async () => {
      await ended;
      const reopened = await listen(serve(place), port, host);
      if (closed) await end(reopened);
      else place.server = reopened;
    }, seconds * 1000);
    return () => server.closeAllConnections();
  };
  const closeServers = () => {
    closed = true;
    return Promise.all(
      places.map(({ server, reopening }) => {
        clearTimeout(reopening);
        return server && end(server);
      }),
    );
  };
  let storage: Place;
  let api: Place;
  try {
    await emulator.ready;
    api = await open(port);
    storage = await openStorage();
  } catch (error) {
    await closeServers();
    // An emulator that was passed in belongs to the caller.
    if (!options.emulator) await emulator.close();
    throw error;
  }
  const ports = places.map(({ server }) => server!.address().port);
  emulator.options.storageOrigin = storage.origin;
  emulator.options.allowedHosts = ports.flatMap((number) =>
    ['127.0.0.1', 'localhost', '[::1]'].flatMap((host) => [`${host}:${number}`, ...(number === 80 ? [host] : [])]),
  );
  return {
    url: api.origin,
    storageUrl: storage.origin,
    emulator,
    async close() {
      await emulator.close();
      await closeServers();
    },
  };
}
