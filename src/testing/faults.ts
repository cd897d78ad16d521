/** Which requests a fault applies to; all of what is given must match. */
export interface FaultMatch {
  /** Method name (`SaveKernel`) or `service/Method`. */
  method?: string;
  /** HTTP verb. */
  verb?: string;
  /** A part of the path, or a pattern, with or without the query: upload sessions differ in the query only. */
  path?: string | RegExp;
  /** Of the PUTs to an upload session: only those that send data, or only status queries. */
  puts?: 'data' | 'query';
}

/**
 * What can go wrong:
 *
 * - `refuse`: the connection is reset before anything is done; with `seconds`, a served emulator stops listening at that
 *   origin for so long, and new connections are refused
 * - `drop`: breaks the connection off after `bytes` of the answer's body, or of the request's (`on: 'request'`), which
 *   are stored
 * - `lostAnswer`: does all that was asked, then breaks the connection off instead of answering
 * - `stall`: `bytes` of the answer's body and then nothing; with `on: 'request'`, takes and stores `bytes` of the
 *   request's, reads no more, and never answers. The connection stays open.
 * - `slow`: nothing for `seconds` (1), then the answer
 * - `status`: answers `status` (500) with a JSON error (`body`, `headers` replace the defaults): `when` is `before`
 *   (default; the request does nothing), `during` (after `bytes` of its body, which are stored) or `after` (all is done)
 * - `rateLimit`: answers 429, with Retry-After if `seconds` are given; the request does nothing
 * - `html`, `empty`, `brokenJson`: answers `status` (200) with such a body; the request does nothing
 * - `redirect`: answers `status` (302) with `location`; the request does nothing
 * - `redirectLoop`: redirects to the same address, again and again
 * - `expiredSession`: the upload session of the request is gone: `status` (410), from then on
 * - `commitLess`: stores only `bytes` of what was sent, and answers 308
 * - `wrongHash`: the checksums in the answer are of other bytes
 * - `wrongLength`: Content-Length is by `bytes` (1; may be negative) larger than the body
 * - `flip`: the byte at `bytes` of the answer's body is changed, or of the request's (`on: 'request'`) before it is stored
 * - `ignoreRange`: answers a request with Range by 200 and the whole
 * - `unsatisfiable`: answers a request with Range by 416
 * - `changed`: from now on the downloaded file has another content (`content`; default every byte inverted), validator
 *   and time. With `bytes` the answer is still the old content, cut after so many; else it is the new one already.
 */
export type FaultKind =
  | 'refuse'
  | 'drop'
  | 'lostAnswer'
  | 'stall'
  | 'slow'
  | 'status'
  | 'rateLimit'
  | 'html'
  | 'empty'
  | 'brokenJson'
  | 'redirect'
  | 'redirectLoop'
  | 'expiredSession'
  | 'commitLess'
  | 'wrongHash'
  | 'wrongLength'
  | 'flip'
  | 'ignoreRange'
  | 'unsatisfiable'
  | 'changed';

/** One way in which the emulator misbehaves. Plain data, but for a pattern in `match`. */
export interface Fault {
  kind: FaultKind;
  match?: FaultMatch;
  /** How many requests it applies to; default 1, for `redirectLoop` all. */
  times?: number;
  /** How many matching requests pass before; default 0. */
  after?: number;
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  location?: string;
  /** Bytes of the body; a negative number counts from its end (not for `wrongLength`). */
  bytes?: number;
  seconds?: number;
  on?: 'request' | 'response';
  when?: 'before' | 'during' | 'after';
  content?: string | Uint8Array<ArrayBuffer>;
}

/** The faults that wait for their requests. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  readonly pending: readonly Fault[];
  /** How many requests met a fault since the last `clear`. */
  readonly met: number;
}

/** What is known of a request when its fault is looked for. */
export interface FaultyRequest {
  /** `service/Method` of an RPC. */
  rpc: string | undefined;
  verb: string;
  path: string;
  /** With the question mark; empty if there is none. */
  query: string;
  headers: Headers;
}

export interface FaultBook extends Faults {
  /** The fault for a request, if there is one; it is used up by that. */
  take(request: FaultyRequest): Fault | undefined;
}

function putOf({ verb, path, headers }: FaultyRequest): 'data' | 'query' | undefined {
  if (verb !== 'PUT' || !path.startsWith('/upload/')) return undefined;
  return /^bytes \*\//.test(headers.get('content-range') ?? '') ? 'query' : 'data';
}

/** Whether the fault could do anything to such a request: else it waits for another. */
function suits({ kind }: Fault, request: FaultyRequest): boolean {
  if (kind === 'expiredSession') return putOf(request) !== undefined;
  if (kind === 'commitLess') return putOf(request) === 'data';
  if (kind === 'changed') return /^\/(download|kf)\//.test(request.path);
  if (kind === 'ignoreRange' || kind === 'unsatisfiable') return request.headers.has('range');
  return true;
}

function applies(fault: Fault, request: FaultyRequest): boolean {
  const { method, verb, path, puts } = fault.match ?? {};
  const { rpc } = request;
  if (method && !(rpc === method || rpc?.endsWith(`/${method}`))) return false;
  if (verb && verb.toUpperCase() !== request.verb) return false;
  if (puts && putOf(request) !== puts) return false;
  if (!suits(fault, request)) return false;
  if (!path) return true;
  const whole = request.path + request.query;
  return path instanceof RegExp ? path.test(request.path) || path.test(whole) : whole.includes(path);
}

export function createFaults(initial: readonly Fault[]): FaultBook {
  let entries: { fault: Fault; skip: number; left: number }[] = [];
  let met = 0;
  const add = (fault: Fault) => {
    const left = fault.times ?? (fault.kind === 'redirectLoop' ? Number.POSITIVE_INFINITY : 1);
    entries.push({ fault, skip: fault.after ?? 0, left });
  };
  initial.forEach(add);
  return {
    add,
    clear() {
      entries = [];
      met = 0;
    },
    get met() {
      return met;
    },
    get pending() {
      return entries.map(({ fault }) => fault);
    },
    take(request) {
      for (const entry of entries) {
        if (!applies(entry.fault, request)) continue;
        if (entry.skip-- > 0) continue;
        if (--entry.left <= 0) entries = entries.filter((other) => other !== entry);
        met++;
        return entry.fault;
      }
      return undefined;
    },
  };
}
