import { inverted } from '../checksums.ts';
import { ConnectionRefused, cut, stallForever, wait } from './connection.ts';
import {
  bodyAnswer,
  errorAnswer,
  redirectTo,
  within,
  withOtherBody,
  withOtherLength,
  withOtherSums,
} from './damage.ts';
import type { FaultRow, FaultyRequest } from './row.ts';

/** Whether a PUT to an upload session sends data or queries the status; `undefined` for any other request. */
export function putOf({ verb, path, headers }: FaultyRequest): 'data' | 'query' | undefined {
  if (verb !== 'PUT' || !path.startsWith('/upload/')) return undefined;
  return /^bytes \*\//.test(headers.get('content-range') ?? '') ? 'query' : 'data';
}

const hasRange = ({ headers }: FaultyRequest) => headers.has('range');
const forever = Number.POSITIVE_INFINITY;

/** A row for each kind of fault. The documentation, the checks and the matrix of faults are derived from it. */
export const faultKinds = {
  refuse: {
    group: 'the connection',
    about:
      'resets the connection before anything is done; with `seconds`, a served emulator stops listening on that port for that long',
    takes: ['seconds'],
    before({ seconds }) {
      throw new ConnectionRefused(seconds ?? 0);
    },
  } as FaultRow,
  drop: {
    group: 'the connection',
    about:
      "breaks the connection after `bytes` (0) of the response, or of the request body with `on: 'request'`; the bytes received until then are stored",
    takes: ['bytes', 'on'],
    body: ({ on, bytes }, length) =>
      on === 'request' ? { limit: within(bytes, length), next: 'cut', flip: -1 } : undefined,
    damage(answer, fault) {
      if (fault.on === 'request') return answer;
      if (!answer.body) throw cut();
      return withOtherBody(answer, 'cut', fault);
    },
  } as FaultRow,
  lostAnswer: {
    group: 'the connection',
    about: 'handles the request, then breaks the connection instead of responding',
    takes: [],
    async damage(answer) {
      await answer.body?.cancel();
      throw cut();
    },
  } as FaultRow,
  stall: {
    group: 'the connection',
    about:
      "sends `bytes` (0) of the response and then nothing; with `on: 'request'`, stores `bytes` of the request body and then reads nothing more",
    takes: ['bytes', 'on'],
    body: ({ on, bytes }, length) =>
      on === 'request' ? { limit: within(bytes, length), next: 'silence', flip: -1 } : undefined,
    damage(answer, fault, request) {
      if (fault.on === 'request') return answer;
      return answer.body ? withOtherBody(answer, 'silence', fault) : stallForever(request.signal);
    },
  } as FaultRow,
  slow: {
    group: 'the connection',
    about: 'waits `seconds` (1) before the request is handled',
    takes: ['seconds'],
    before: ({ seconds }, { signal }) => wait(seconds ?? 1, signal),
  } as FaultRow,
  status: {
    group: 'the response',
    about:
      'responds with `status` (500) and a JSON error, or with `body` and `headers`; `when`: `before` (default; nothing is done), `during` (after `bytes` (0) of the request body, which are stored), or `after` (the request is handled first)',
    takes: ['status', 'body', 'headers', 'when', 'bytes'],
    body: ({ when, bytes }, length) =>
      when === 'during' ? { limit: within(bytes, length), next: 'answer', flip: -1 } : undefined,
    answer: (fault) => errorAnswer(fault, fault.status ?? 500),
  } as FaultRow,
  rateLimit: {
    group: 'the response',
    about:
      'responds with 429, and with Retry-After if `seconds` is given, or with `body` and `headers`; nothing is done',
    takes: ['seconds', 'body', 'headers'],
    answer: (fault) =>
      errorAnswer(fault, 429, fault.seconds === undefined ? {} : { 'retry-after': String(fault.seconds) }),
  } as FaultRow,
  html: {
    group: 'the response',
    about: 'responds with an HTML page, `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('<!DOCTYPE html><title>Injected</title>', 'text/html', fault),
  } as FaultRow,
  empty: {
    group: 'the response',
    about: 'responds with an empty body, `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('', undefined, fault),
  } as FaultRow,
  brokenJson: {
    group: 'the response',
    about: 'responds with truncated JSON, `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('{"broken":', 'application/json', fault),
  } as FaultRow,
  redirect: {
    group: 'the response',
    about: 'redirects to `location` (`/`) with `status` (302) and `headers`; nothing is done',
    takes: ['status', 'location', 'headers'],
    answer: (fault) => redirectTo(fault.location ?? '/', fault),
  } as FaultRow,
  redirectLoop: {
    group: 'the response',
    about:
      'redirects to the same URL with `status` (302) and `headers`; applies to all requests unless `times` is given',
    takes: ['status', 'headers'],
    times: forever,
    answer: (fault, { url }) => redirectTo(url, fault),
  } as FaultRow,
  expiredSession: {
    group: 'upload sessions',
    about: 'the upload session expires: it responds with `status` (410) from now on',
    takes: ['status'],
    suits: (request) => putOf(request) !== undefined,
    session: ({ status }) => status ?? 410,
  } as FaultRow,
  commitLess: {
    group: 'upload sessions',
    about: 'stores only `bytes` (0) of the request body, and responds with 308',
    takes: ['bytes'],
    suits: (request) => putOf(request) === 'data',
    body: ({ bytes }, length) => ({ limit: within(bytes, length), next: 'stored', flip: -1 }),
  } as FaultRow,
  flip: {
    group: 'the content',
    about:
      "inverts the byte at offset `bytes` (0) of the response, or of the request body with `on: 'request'` before it is stored",
    takes: ['bytes', 'on'],
    body: ({ on, bytes }, length) =>
      on === 'request' ? { limit: forever, next: 'stored', flip: within(bytes, length) } : undefined,
    damage: (answer, fault) => (fault.on === 'request' ? answer : withOtherBody(answer, 'flip', fault)),
  } as FaultRow,
  wrongHash: {
    group: 'the content',
    about: 'sends checksums of other bytes in the response',
    takes: [],
    damage: withOtherSums,
  } as FaultRow,
  wrongLength: {
    group: 'the content',
    about: 'Content-Length announces `bytes` (1; may be negative) more than are sent',
    takes: ['bytes'],
    damage: (answer, { bytes }) => withOtherLength(answer, bytes ?? 1),
  } as FaultRow,
  ignoreRange: {
    group: 'the content',
    about: 'responds to a request that has a Range header with 200 and the whole file',
    takes: [],
    suits: hasRange,
    range: 'ignored',
  } as FaultRow,
  unsatisfiable: {
    group: 'the content',
    about: 'responds to a request that has a Range header with 416',
    takes: [],
    suits: hasRange,
    range: 'unsatisfiable',
  } as FaultRow,
  changed: {
    group: 'the content',
    about:
      'replaces the file by `content` (default: every byte inverted), with another ETag and Last-Modified, from now on; with `bytes`, this response still sends the old content, and breaks off after that many bytes',
    takes: ['content', 'bytes'],
    suits: ({ path }) => /^\/(download|kf)\//.test(path),
    content: ({ content }, data) =>
      typeof content === 'string' ? new TextEncoder().encode(content) : (content ?? inverted(data)),
    damage: (answer, fault) => (fault.bytes === undefined ? answer : withOtherBody(answer, 'cut', fault)),
  } as FaultRow,
};

/**
 * Kinds of faults, with their options; default values are in parentheses.
 *
 * - `refuse`: resets the connection before anything is done; with `seconds`, a served emulator stops listening on that port for that long
 * - `drop`: breaks the connection after `bytes` (0) of the response, or of the request body with `on: 'request'`; the bytes received until then are stored
 * - `lostAnswer`: handles the request, then breaks the connection instead of responding
 * - `stall`: sends `bytes` (0) of the response and then nothing; with `on: 'request'`, stores `bytes` of the request body and then reads nothing more
 * - `slow`: waits `seconds` (1) before the request is handled
 * - `status`: responds with `status` (500) and a JSON error, or with `body` and `headers`; `when`: `before` (default; nothing is done), `during` (after `bytes` (0) of the request body, which are stored), or `after` (the request is handled first)
 * - `rateLimit`: responds with 429, and with Retry-After if `seconds` is given, or with `body` and `headers`; nothing is done
 * - `html`: responds with an HTML page, `status` (200) and `headers`; nothing is done
 * - `empty`: responds with an empty body, `status` (200) and `headers`; nothing is done
 * - `brokenJson`: responds with truncated JSON, `status` (200) and `headers`; nothing is done
 * - `redirect`: redirects to `location` (`/`) with `status` (302) and `headers`; nothing is done
 * - `redirectLoop`: redirects to the same URL with `status` (302) and `headers`; applies to all requests unless `times` is given
 * - `expiredSession`: the upload session expires: it responds with `status` (410) from now on
 * - `commitLess`: stores only `bytes` (0) of the request body, and responds with 308
 * - `flip`: inverts the byte at offset `bytes` (0) of the response, or of the request body with `on: 'request'` before it is stored
 * - `wrongHash`: sends checksums of other bytes in the response
 * - `wrongLength`: Content-Length announces `bytes` (1; may be negative) more than are sent
 * - `ignoreRange`: responds to a request that has a Range header with 200 and the whole file
 * - `unsatisfiable`: responds to a request that has a Range header with 416
 * - `changed`: replaces the file by `content` (default: every byte inverted), with another ETag and Last-Modified, from now on; with `bytes`, this response still sends the old content, and breaks off after that many bytes
 *
 * @example
 * ```ts
 * import { createEmulator } from 'kaggle-ts/testing';
 *
 * const { faults } = createEmulator();
 * faults.add({ kind: 'refuse', seconds: 5 }); // a restart of the server
 * faults.add({ kind: 'drop', on: 'request', bytes: 1000, match: { puts: 'data' } }); // an interrupted upload
 * faults.add({ kind: 'lostAnswer', match: { method: 'SaveKernel' } }); // pushed, but the client does not know
 * faults.add({ kind: 'stall', bytes: 10, match: { path: '/download/' } }); // a download that hangs
 * faults.add({ kind: 'slow', seconds: 3, times: Infinity });
 * faults.add({ kind: 'status', status: 503, when: 'after', match: { method: 'CreateDataset' }, times: 2 });
 * faults.add({ kind: 'rateLimit', seconds: 2, match: { method: 'ListKernels' } });
 * faults.add({ kind: 'html', status: 503 }); // the page of a proxy
 * faults.add({ kind: 'redirect', location: 'https://example.com/' });
 * faults.add({ kind: 'expiredSession', status: 404, after: 1 }); // at the second PUT
 * faults.add({ kind: 'commitLess', bytes: -1 }); // all but one byte is stored
 * faults.add({ kind: 'flip', bytes: 5, match: { verb: 'GET' } }); // a damaged download
 * faults.add({ kind: 'changed', content: 'new', bytes: 3 }); // replaced while it is downloaded
 * ```
 */
export type FaultKind = keyof typeof faultKinds;
