import { googHash, standIn } from './bytes.ts';
import type { Exchange, RecordedReply, RecordedRequest, RecordedStep } from './recording.ts';
import { answerCall, answerDownload, noteCall, type World } from './world.ts';

/** A recorded server: answers as it did, and keeps what it was asked. */
export interface Replay {
  fetch(request: Request): Promise<Response>;
  /** What was asked, in order. */
  readonly asked: RecordedRequest[];
}

/** Key order does not count in JSON. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const isQuery = (request: RecordedRequest) => request.contentRange?.startsWith('bytes */') === true;

/** Whether a recorded request asks the same thing, though perhaps in other words: other numbers, more or fewer fields. */
function alike(recorded: RecordedRequest, asked: RecordedRequest): boolean {
  if (recorded.method !== asked.method || recorded.path !== asked.path) return false;
  if (asked.method === 'PUT') return isQuery(recorded) === isQuery(asked);
  const [theirs, ours] = [recorded.body ?? {}, asked.body ?? {}] as Record<string, unknown>[];
  if ((theirs!.pageToken || '') !== (ours!.pageToken || '')) return false;
  return Object.entries(theirs!).every(
    ([name, value]) => !value || typeof value !== 'string' || ours![name] === undefined || ours![name] === value,
  );
}

const isFirstPage = ({ body }: RecordedRequest) => !(body as { pageToken?: string } | undefined)?.pageToken;

async function describe(request: Request, body: Uint8Array): Promise<RecordedRequest> {
  const { pathname, search } = new URL(request.url);
  const contentRange = request.headers.get('content-range');
  const range = request.headers.get('range');
  return {
    method: request.method,
    path: pathname.replace(/^\/api\/v1\//, '') + search,
    ...(contentRange !== null && { contentRange }),
    ...(range !== null && { range }),
    ...(request.method === 'POST' && { body: JSON.parse(new TextDecoder().decode(body)) }),
    ...(request.method === 'PUT' && body.length > 0 && { size: body.length }),
  };
}

const refused = () => new TypeError('fetch failed', { cause: new Error('the recorded connection was closed') });

/** A body that ends in a broken connection. */
function brokenBody(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(refused());
      else controller.enqueue(bytes);
      sent = true;
    },
  });
}

/** Checks that what is stored is the file itself, and moves the session on. */
function store(world: World, asked: RecordedRequest, body: Uint8Array, reply?: RecordedReply): Response | undefined {
  const upload = world.uploads.get(asked.path);
  if (!upload) return undefined;
  const from = Number(/^bytes (\d+)-/.exec(asked.contentRange ?? '')?.[1] ?? 0);
  const expected = upload.content?.subarray(from, from + body.length);
  if (expected && Buffer.compare(body, expected) !== 0) {
    throw new Error(`${asked.path}: other bytes than those of ${upload.name} from ${from} on`);
  }
  if (reply) {
    const range = /^bytes=0-(\d+)$/.exec(reply.headers?.range ?? '')?.[1];
    if (reply.status === 200) upload.stored = upload.size;
    else upload.stored = reply.stored ?? (range === undefined ? upload.stored : Number(range) + 1);
    return undefined;
  }
  if (!isQuery(asked) && from === upload.stored) upload.stored += body.length;
  if (upload.stored === upload.size) return Response.json({});
  const headers = upload.stored > 0 ? { range: `bytes=0-${upload.stored - 1}` } : undefined;
  return new Response(null, { status: 308, headers });
}

/** An object, or the part of it that was asked for. */
function serveObject(object: Uint8Array<ArrayBuffer>, asked: RecordedRequest, reply?: RecordedReply): Response {
  const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? 0);
  const part = reply?.broken ? object.subarray(from, from + (reply.size ?? 0)) : object.subarray(from);
  const headers = new Headers(reply?.headers);
  headers.set('content-length', String(object.length - from));
  if (from > 0) headers.set('content-range', `bytes ${from}-${object.length - 1}/${object.length}`);
  if (reply?.hash) headers.set('x-goog-hash', googHash(object, reply.hash));
  return new Response(reply?.broken ? brokenBody(part) : part, { status: from > 0 ? 206 : 200, headers });
}

export function createReplay(step: RecordedStep, world: World): Replay {
  const open = [...step.http];
  const last: Exchange[] = [];
  const asked: RecordedRequest[] = [];

  function take(request: RecordedRequest): Exchange | undefined {
    const exact = open.findIndex((exchange) => canonical(exchange.request) === canonical(request));
    const near = exact >= 0 ? exact : open.findIndex((exchange) => alike(exchange.request, request));
    const same = open.filter(({ request: { method, path } }) => method === 'POST' && path === request.path);
    // The only call of this method at this point is the same call, whatever it says.
    const index = near < 0 && same.length === 1 && isFirstPage(request) ? open.indexOf(same[0]!) : near;
    if (index >= 0) {
      const [exchange] = open.splice(index, 1);
      last.push(exchange!);
      return exchange;
    }
    const endless = step.forever?.some(
      ({ method, path }) => method === request.method && new RegExp(path).test(request.path),
    );
    return endless
      ? last.findLast(({ request: { method, path } }) => method === request.method && path === request.path)
      : undefined;
  }

  function answer(request: RecordedRequest, body: Uint8Array, reply: RecordedReply | undefined): Response {
    if (request.method === 'PUT') {
      const continued = store(world, request, body, reply);
      if (continued) return continued;
    }
    if (!reply && request.method === 'POST') {
      const address = answerDownload(world, request.path, request.body);
      if (address) return new Response(null, { status: 302, headers: { location: address } });
      const { status, body: said } = answerCall(world, request.path, request.body);
      if (status === 200) noteCall(world, request.path, request.body, said);
      return Response.json(said, { status });
    }
    const object = request.method === 'GET' ? world.object(request.path.split('?')[0]!) : undefined;
    const plain = !reply || reply.status === 200 || reply.status === 206;
    if (object && plain && reply?.headers?.['x-goog-hash'] === undefined) return serveObject(object, request, reply);
    if (!reply) return new Response('not recorded', { status: 404 });
    const { status = 200, headers, body: said } = reply;
    if (request.method === 'POST' && status === 200) noteCall(world, request.path, request.body, said);
    const text = typeof said === 'string' ? said : said === undefined ? '' : JSON.stringify(said);
    const bytes = reply.size ? standIn(request.path, reply.size) : new TextEncoder().encode(text);
    if (reply.broken) return new Response(brokenBody(bytes), { status, headers });
    const upload = request.method === 'PUT' && reply.hash ? world.uploads.get(request.path)?.content : undefined;
    const hashed = { ...headers, ...(upload && { 'x-goog-hash': googHash(upload, reply.hash ?? []) }) };
    const bodiless = status === 204 || status === 304 || (status >= 300 && status < 400);
    return new Response(bodiless ? null : bytes, { status, headers: hashed });
  }

  return {
    asked,
    async fetch(request) {
      request.signal.throwIfAborted();
      const body = new Uint8Array(await request.arrayBuffer());
      const described = await describe(request, body);
      asked.push(described);
      const reply = take(described)?.reply;
      if (reply?.hangs) {
        store(world, described, body, reply);
        return new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason), { once: true });
        });
      }
      if (reply?.dropped) {
        if (described.method === 'PUT') store(world, described, body, reply);
        throw refused();
      }
      const response = answer(described, body, reply);
      Object.defineProperty(response, 'url', { value: request.url });
      return response;
    },
  };
}
