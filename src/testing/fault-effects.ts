import { inverted } from './checksums.ts';
import type { Fault } from './faults.ts';

/** Thrown to make a server cut the connection; in-process it reaches the caller as a failed fetch would. */
export class ConnectionCut extends TypeError {
  override readonly name: string = 'ConnectionCut';
}

/** As `ConnectionCut`, with a reset and before anything was done. */
export class ConnectionRefused extends ConnectionCut {
  override readonly name: string = 'ConnectionRefused';
  /** For how long nobody listens. */
  readonly seconds: number;

  constructor(seconds: number) {
    super('the connection was refused');
    this.seconds = seconds;
  }
}

const cut = () => new ConnectionCut('the connection was cut');

/** Never resolves; rejects when the client goes away. */
export function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const gone = () => reject(cut());
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
  });
}

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  return Promise.race([over, silence(signal)]).finally(() => clearTimeout(timer));
}

/** What a fault does to the body of an upload. */
export interface BodyFault {
  /** How many bytes of it are stored. */
  limit: number;
  /** What comes after them. */
  next: 'cut' | 'silence' | 'answer' | 'stored';
  /** Which byte is changed. */
  flip: number;
}

/** A number of bytes of a body of `length`; a negative one counts from its end. */
function within(bytes: number, length: number): number {
  return bytes < 0 ? Math.max(0, length + bytes) : bytes;
}

/** A table of what is done with the body of a request of `length` bytes; `undefined`: nothing out of the ordinary. */
export function bodyFault(fault: Fault | undefined, length: number): BodyFault | undefined {
  if (!fault) return undefined;
  const { kind } = fault;
  const bytes = within(fault.bytes ?? 0, length);
  if (kind === 'commitLess') return { limit: bytes, next: 'stored', flip: -1 };
  if (kind === 'status' && fault.when === 'during') return { limit: bytes, next: 'answer', flip: -1 };
  if (fault.on !== 'request') return undefined;
  if (kind === 'drop') return { limit: bytes, next: 'cut', flip: -1 };
  if (kind === 'stall') return { limit: bytes, next: 'silence', flip: -1 };
  if (kind === 'flip') return { limit: Number.POSITIVE_INFINITY, next: 'stored', flip: bytes };
  return undefined;
}

function errorAnswer(fault: Fault, status: number, more: Record<string, string> = {}): Response {
  const body = fault.body ?? { code: status, message: `injected ${status}` };
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...more, ...fault.headers },
  });
}

/** The answer of a fault that takes the place of the real one, whenever that is. */
function replacement(fault: Fault, url: string): Response | undefined {
  const { kind, headers } = fault;
  const status = fault.status ?? 200;
  if (kind === 'status') return errorAnswer(fault, fault.status ?? 500);
  if (kind === 'rateLimit')
    return errorAnswer(fault, 429, fault.seconds === undefined ? {} : { 'retry-after': String(fault.seconds) });
  if (kind === 'html') {
    const page = '<!DOCTYPE html><title>Injected</title>';
    return new Response(page, { status, headers: { 'content-type': 'text/html', ...headers } });
  }
  if (kind === 'empty') return new Response('', { status, headers });
  if (kind === 'brokenJson')
    return new Response('{"broken":', { status, headers: { 'content-type': 'application/json', ...headers } });
  if (kind === 'redirect' || kind === 'redirectLoop') {
    const location = kind === 'redirect' ? (fault.location ?? '/') : url;
    return new Response(null, { status: fault.status ?? 302, headers: { location, ...headers } });
  }
  return undefined;
}

/**
 * The answer of a fault by which the request does nothing, or `undefined`. Throws `ConnectionCut` where there is none.
 * `isUpload`: the body of the request is stored as far as it goes, so only its receiver can break it off.
 */
export async function insteadOf(fault: Fault, request: Request, isUpload: boolean): Promise<Response | undefined> {
  if (fault.kind === 'refuse') throw new ConnectionRefused(fault.seconds ?? 0);
  if (fault.kind === 'slow') await wait(fault.seconds ?? 1, request.signal);
  const body = bodyFault(fault, 0);
  if (isUpload ? body : fault.when === 'after') return undefined;
  if (body?.next === 'cut') throw cut();
  if (body?.next === 'silence') await silence(request.signal);
  return fault.when === 'after' ? undefined : replacement(fault, request.url);
}

/** What comes of an upload after the stored part of its body. */
export async function breakOff(fault: Fault, next: BodyFault['next'], request: Request): Promise<Response | undefined> {
  if (next === 'cut') throw cut();
  if (next === 'silence') await silence(request.signal);
  return next === 'answer' ? replacement(fault, request.url) : undefined;
}

const otherSums = 'crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==';

async function withOtherSums(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  if (headers.has('x-goog-hash')) headers.set('x-goog-hash', otherSums);
  if (!/json/.test(headers.get('content-type') ?? ''))
    return new Response(response.body, { status: response.status, headers });
  // The metadata of an object that was uploaded.
  const text = (await response.text())
    .replace(/"crc32c":"[^"]*"/, '"crc32c":"AAAAAA=="')
    .replace(/"md5Hash":"[^"]*"/, '"md5Hash":"AAAAAAAAAAAAAAAAAAAAAA=="');
  return new Response(text, { status: response.status, headers });
}

function withOtherLength(response: Response, more: number): Response {
  const headers = new Headers(response.headers);
  const length = Number(headers.get('content-length') ?? 0);
  headers.set('content-length', String(Math.max(0, length + more)));
  // What comes next on this connection would be taken for the rest of the body, or the other way round.
  headers.set('connection', 'close');
  return new Response(response.body, { status: response.status, headers });
}

/** The answer with its body changed, broken off or held back as the fault says. */
function withOtherBody(response: Response, fault: Fault): Response {
  if (!response.body) return response;
  const { kind } = fault;
  const bytes = within(fault.bytes ?? 0, Number(response.headers.get('content-length') ?? 0));
  let seen = 0;
  const breaks = kind !== 'flip' && kind !== 'stall';
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const start = seen;
        seen += chunk.length;
        if (kind === 'flip') {
          controller.enqueue(bytes >= start && bytes < seen ? inverted(chunk, bytes - start) : chunk);
          return undefined;
        }
        if (start < bytes) controller.enqueue(chunk.subarray(0, bytes - start));
        if (seen < bytes) return undefined;
        if (breaks) return controller.error(cut());
        return new Promise<void>(() => {});
      },
      flush(controller) {
        if (breaks) controller.error(cut());
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}

/** The answer to a request that was carried out, damaged as the fault says. */
export async function damage(response: Response, fault: Fault, request: Request): Promise<Response> {
  const { kind, bytes } = fault;
  const none = !response.body;
  if (fault.when === 'after' || kind === 'lostAnswer') {
    await response.body?.cancel();
    const instead = kind === 'lostAnswer' ? undefined : replacement(fault, request.url);
    if (!instead) throw cut();
    return instead;
  }
  if (kind === 'wrongHash') return withOtherSums(response);
  if (fault.on === 'request') return response;
  if (kind === 'wrongLength') return none ? response : withOtherLength(response, bytes ?? 1);
  if (kind === 'drop' && none) throw cut();
  if (kind === 'stall' && none) await silence(request.signal);
  const cutsOld = kind === 'changed' && bytes !== undefined;
  return kind === 'drop' || kind === 'stall' || kind === 'flip' || cutsOld ? withOtherBody(response, fault) : response;
}
