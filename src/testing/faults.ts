/** Which requests a fault applies to; all of what is given must match. */
export interface FaultMatch {
  /** Method name (`SaveKernel`) or `service/Method`. */
  method?: string;
  /** HTTP verb. */
  verb?: string;
  /** A part of the path, or a pattern. */
  path?: string | RegExp;
}

/** One way in which the emulator misbehaves. */
export interface Fault {
  match?: FaultMatch;
  /** How many requests it applies to; default 1. */
  times?: number;
  /** How many matching requests pass before; default 0. */
  after?: number;
  /**
   * - `status`: answers `status` with a JSON error (`body`, `headers` replace the defaults); the request does nothing
   * - `html`, `empty`, `brokenJson`: answers `status` (default 200) with such a body
   * - `redirect`: answers `status` (default 302) with `location`
   * - `drop`: breaks the connection off after `bytes` of the request body (`on: 'request'`) or of the answer's (default)
   * - `stall`: sends `bytes` of the answer's body and then nothing
   * - `lostAnswer`: does what was asked, then breaks the connection off instead of answering
   * - `wrongHash`: the checksums in the answer are of other bytes
   * - `flip`: one byte of the answer's body is changed
   * - `expiredSession`: the upload session of the request is gone (410)
   * - `commitLess`: stores only `bytes` of the part and answers 308
   */
  kind:
    | 'status'
    | 'html'
    | 'empty'
    | 'brokenJson'
    | 'redirect'
    | 'drop'
    | 'stall'
    | 'lostAnswer'
    | 'wrongHash'
    | 'flip'
    | 'expiredSession'
    | 'commitLess';
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  location?: string;
  bytes?: number;
  on?: 'request' | 'response';
}

/** The faults that wait for their requests. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  readonly pending: readonly Fault[];
}

export interface FaultBook extends Faults {
  /** The fault for a request, if there is one; it is used up by that. */
  take(method: string | undefined, verb: string, path: string): Fault | undefined;
}

function applies({ match = {} }: Fault, method: string | undefined, verb: string, path: string): boolean {
  if (match.method && !(method === match.method || method?.endsWith(`/${match.method}`))) return false;
  if (match.verb && match.verb.toUpperCase() !== verb) return false;
  if (match.path instanceof RegExp) return match.path.test(path);
  return !match.path || path.includes(match.path);
}

export function createFaults(initial: readonly Fault[]): FaultBook {
  let entries: { fault: Fault; skip: number; left: number }[] = [];
  const add = (fault: Fault) => void entries.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  initial.forEach(add);
  return {
    add,
    clear() {
      entries = [];
    },
    get pending() {
      return entries.map(({ fault }) => fault);
    },
    take(method, verb, path) {
      for (const entry of entries) {
        if (!applies(entry.fault, method, verb, path)) continue;
        if (entry.skip-- > 0) continue;
        if (--entry.left <= 0) entries = entries.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
  };
}

/** The answer of a fault that replaces the real one, or `undefined` for those that only damage it. */
export function faultAnswer(fault: Fault): Response | undefined {
  const { kind, headers } = fault;
  const status = fault.status ?? 200;
  if (kind === 'status') {
    const code = fault.status ?? 500;
    const body = fault.body ?? { code, message: `injected ${code}` };
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status: code,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    });
  }
  if (kind === 'html')
    return new Response('<!DOCTYPE html><title>Injected</title>', {
      status,
      headers: { 'content-type': 'text/html', ...headers },
    });
  if (kind === 'empty') return new Response('', { status, headers });
  if (kind === 'brokenJson')
    return new Response('{"broken":', { status, headers: { 'content-type': 'application/json', ...headers } });
  if (kind === 'redirect')
    return new Response(null, {
      status: fault.status ?? 302,
      headers: { location: fault.location ?? '/', ...headers },
    });
  return undefined;
}

/** Thrown to make a server cut the connection; in-process it reaches the caller as a failed fetch would. */
export class ConnectionCut extends TypeError {
  override readonly name: string = 'ConnectionCut';
}

/** The answer with its body damaged as the fault says. */
export function damage(response: Response, { kind, bytes = 0, on }: Fault): Response {
  if (kind === 'lostAnswer' || (kind === 'drop' && on !== 'request' && !response.body)) {
    void response.body?.cancel();
    throw new ConnectionCut('the connection was cut');
  }
  if (kind === 'wrongHash') {
    const headers = new Headers(response.headers);
    if (headers.has('x-goog-hash')) headers.set('x-goog-hash', 'crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==');
    return new Response(response.body, { status: response.status, headers });
  }
  if (!response.body || !(kind === 'flip' || kind === 'stall' || kind === 'drop') || on === 'request') return response;
  let seen = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const start = seen;
        seen += chunk.length;
        if (kind === 'flip') {
          if (bytes >= start && bytes < seen) {
            chunk = chunk.slice();
            chunk[bytes - start]! ^= 0xff;
          }
          return controller.enqueue(chunk);
        }
        if (start < bytes) controller.enqueue(chunk.subarray(0, bytes - start));
        if (seen < bytes) return;
        if (kind === 'drop') return controller.error(new ConnectionCut('the connection was cut'));
        return new Promise<void>(() => {});
      },
      flush(controller) {
        if (kind === 'drop') controller.error(new ConnectionCut('the connection was cut'));
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
