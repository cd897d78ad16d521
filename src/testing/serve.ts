import { KaggleError } from '../core/errors.ts';
import { createEmulator, type Emulator } from './emulator.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import { ConnectionRefused } from './faults/connection.ts';
import { checkServeOptions } from './options.ts';
import { loadHttp, type NodeRequest, type NodeResponse, type NodeServer } from './runtime-modules.ts';

/** Options of `serveEmulator`: those of `createEmulator`, and where to listen. */
export interface ServeOptions extends EmulatorOptions {
  /**
   * Port of the API; 0 for any free port.
   * @default 0
   */
  port?: number | undefined;
  /**
   * Port of the storage, a separate origin as on Kaggle; 0 for any free port.
   * @default the port of the last start with the same `data`, if it is free; otherwise 0
   */
  storagePort?: number | undefined;
  /**
   * Loopback address to listen on: `127.0.0.1`, `localhost` or `::1`. Others are refused, as anyone who can reach the
   * emulator can run code.
   * @default '127.0.0.1'
   */
  host?: string | undefined;
  /**
   * An existing emulator to serve. The options of `createEmulator` cannot be given beside it.
   * @default a new emulator
   */
  emulator?: Pick<Emulator, 'fetch' | 'options' | 'state' | 'faults' | 'ready' | 'reset' | 'close'> | undefined;
}

/** An emulator that is being served. */
export interface ServedEmulator {
  /** URL of the API, for `createClient({ endpoint: url, token: 'KGAT_test' })`. */
  readonly url: string;
  /** URL of the storage, to which upload and download URLs point. */
  readonly storageUrl: string;
  /** The emulator that is served. */
  readonly emulator: NonNullable<ServeOptions['emulator']>;
  /** Closes the emulator and both servers with all their connections. */
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
        // The rest of the body is read and dropped: a client that is still writing would not read the response.
        drain(iterator).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal, ...(hasBody && { body, duplex: 'half' }) };
  return new Request(`${origin}${incoming.url ?? '/'}`, init);
}

/** Closes a connection in the middle of a response; resets it if it was refused. */
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
  let isClosed = false;
  const closed = new Promise<'closed'>((resolve) =>
    outgoing.once('close', () => {
      isClosed = true;
      resolve('closed');
    }),
  );
  for (;;) {
    const step = await Promise.race([reader.read(), closed]);
    if (isClosed || step === 'closed') return void reader.cancel().catch(() => {});
    if (step.done) return outgoing.end();
    if (!outgoing.write(step.value))
      await Promise.race([new Promise<void>((resolve) => outgoing.once('drain', resolve)), closed]);
  }
}

/** The option that sets a port. */
type PortOption = 'port' | 'storagePort';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is already in use',
  EACCES: 'permission denied',
};

/** The error for a port that cannot be opened, with the `code` of the runtime's. */
function cannotListen(cause: Error & { code?: string }, port: number, option: PortOption): KaggleError {
  const { code, message } = cause;
  const why = reasons[code ?? ''] ?? message;
  const error = new KaggleError(
    (name) =>
      `serveEmulator: cannot listen on port ${port}: ${why}; pass another ${name(option)}, or 0 for any free port`,
    { cause },
  );
  return Object.assign(error, { code });
}

async function listen(
  handle: (request: NodeRequest, response: NodeResponse) => void,
  port: number,
  host: string,
  option: PortOption,
): Promise<NodeServer> {
  const { createServer } = await loadHttp();
  const server = createServer(handle);
  // Uploads may take longer than Node's default limits.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, port, option)));
    server.listen(port, host, resolve);
  });
  return server;
}

/** One of the two servers. */
interface Place {
  origin: string;
  option: PortOption;
  /** `undefined` while the port is closed. */
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
 * Serves an emulator over HTTP on two loopback ports: one for the API, one for the storage. Works on Node, Deno and
 * Bun.
 *
 * Requests with a foreign Host header, and requests of web pages that are not in `allowedOrigins`, get 403.
 *
 * @param options - All are optional.
 * @returns The URLs, the emulator, and a function that closes it.
 * @throws `ValidationError` if an option or a fixture is invalid.
 * @throws `KaggleError` if a port cannot be opened (`code` is that of the runtime, such as `EADDRINUSE`), or if the data
 * folder is corrupted or in use.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { serveEmulator } from 'kaggle-ts/testing';
 *
 * const { url, close } = await serveEmulator({ port: 7777, data: './emulator-data' });
 * const client = createClient({ endpoint: url, token: 'KGAT_test' });
 * // ...
 * await close();
 * ```
 */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  checkServeOptions(options);
  const { port = 0, storagePort, host = '127.0.0.1', emulator: given, ...own } = options;
  const emulator = given ?? createEmulator(own);
  const serve = (place: Place) => async (incoming: NodeRequest, outgoing: NodeResponse) => {
    const closing = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) closing.abort(new Error('the client closed the connection'));
    });
    try {
      await send(await emulator.fetch(toRequest(incoming, place.origin, closing.signal)), outgoing);
    } catch (error) {
      // The connection broke, injected or real: the client gets no response.
      const refused = error instanceof ConnectionRefused;
      const cutOthers = refused && error.seconds > 0 ? shut(place, error.seconds) : undefined;
      cut(incoming, outgoing, refused);
      cutOthers?.();
    }
  };
  const name = host.includes(':') ? `[${host}]` : host;
  const places: Place[] = [];
  let closed = false;
  const open = async (wanted: number, option: PortOption): Promise<Place> => {
    const place: Place = { origin: '', option, server: undefined, reopening: undefined };
    place.server = await listen(serve(place), wanted, host, option);
    place.origin = `http://${name}:${place.server.address().port}`;
    places.push(place);
    return place;
  };
  /** Reuses the last port if it is free, so that upload sessions stay valid. */
  const openStorage = async (): Promise<Place> => {
    const { state } = emulator;
    const place = await (storagePort === undefined && state.storagePort
      ? open(state.storagePort, 'storagePort').catch(() => open(0, 'storagePort'))
      : open(storagePort ?? 0, 'storagePort'));
    state.storagePort = place.server!.address().port;
    return place;
  };
  /** Closes the port for a while. Returns a function that closes the connections that are still open. */
  const shut = (place: Place, seconds: number): (() => void) | undefined => {
    const { server } = place;
    if (!server || closed) return undefined;
    const { port } = server.address();
    place.server = undefined;
    const ended = new Promise<void>((resolve) => server.close(resolve));
    place.reopening = setTimeout(async () => {
      await ended;
      const reopened = await listen(serve(place), port, host, place.option);
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
    api = await open(port, 'port');
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
