import { inverted } from '../checksums.ts';
import { ConnectionRefused, cut, silence, wait } from './connection.ts';
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

/** Whether a request is a PUT to an upload session, and of which sort. */
export function putOf({ verb, path, headers }: FaultyRequest): 'data' | 'query' | undefined {
  if (verb !== 'PUT' || !path.startsWith('/upload/')) return undefined;
  return /^bytes \*\//.test(headers.get('content-range') ?? '') ? 'query' : 'data';
}

const hasRange = ({ headers }: FaultyRequest) => headers.has('range');
const forever = Number.POSITIVE_INFINITY;

/** What can go wrong: a row for each kind. Documentation, checks and the matrix of faults follow from it. */
export const faultKinds = {
  refuse: {
    group: 'the connection',
    about:
      'the connection is reset, nothing is done; with `seconds` a served emulator does not listen there for so long',
    takes: ['seconds'],
    before({ seconds }) {
      throw new ConnectionRefused(seconds ?? 0);
    },
  } as FaultRow,
  drop: {
    group: 'the connection',
    about: "the connection breaks after `bytes` of the answer, or of the request (`on: 'request'`), which are stored",
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
    about: 'all is done, then the connection breaks instead of the answer',
    takes: [],
    async damage(answer) {
      await answer.body?.cancel();
      throw cut();
    },
  } as FaultRow,
  stall: {
    group: 'the connection',
    about:
      "`bytes` of the answer, then silence; `on: 'request'`: `bytes` of the request are taken and stored, then silence",
    takes: ['bytes', 'on'],
    body: ({ on, bytes }, length) =>
      on === 'request' ? { limit: within(bytes, length), next: 'silence', flip: -1 } : undefined,
    damage(answer, fault, request) {
      if (fault.on === 'request') return answer;
      return answer.body ? withOtherBody(answer, 'silence', fault) : silence(request.signal);
    },
  } as FaultRow,
  slow: {
    group: 'the connection',
    about: 'nothing for `seconds` (1), then the answer',
    takes: ['seconds'],
    before: ({ seconds }, { signal }) => wait(seconds ?? 1, signal),
  } as FaultRow,
  status: {
    group: 'the answer',
    about:
      'answers `status` (500) with a JSON error, or with `body` and `headers`; `when`: `before` (nothing is done), `during` (after `bytes` of the body, which are stored), `after` (all is done)',
    takes: ['status', 'body', 'headers', 'when', 'bytes'],
    body: ({ when, bytes }, length) =>
      when === 'during' ? { limit: within(bytes, length), next: 'answer', flip: -1 } : undefined,
    answer: (fault) => errorAnswer(fault, fault.status ?? 500),
  } as FaultRow,
  rateLimit: {
    group: 'the answer',
    about: '429, with Retry-After when `seconds` are given, or with `body` and `headers`; nothing is done',
    takes: ['seconds', 'body', 'headers'],
    answer: (fault) =>
      errorAnswer(fault, 429, fault.seconds === undefined ? {} : { 'retry-after': String(fault.seconds) }),
  } as FaultRow,
  html: {
    group: 'the answer',
    about: 'a web page with `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('<!DOCTYPE html><title>Injected</title>', 'text/html', fault),
  } as FaultRow,
  empty: {
    group: 'the answer',
    about: 'no body, with `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('', undefined, fault),
  } as FaultRow,
  brokenJson: {
    group: 'the answer',
    about: 'half of an object, with `status` (200) and `headers`; nothing is done',
    takes: ['status', 'headers'],
    answer: (fault) => bodyAnswer('{"broken":', 'application/json', fault),
  } as FaultRow,
  redirect: {
    group: 'the answer',
    about: '`status` (302) to `location` (`/`), with `headers`; nothing is done',
    takes: ['status', 'location', 'headers'],
    answer: (fault) => redirectTo(fault.location ?? '/', fault),
  } as FaultRow,
  redirectLoop: {
    group: 'the answer',
    about: '`status` (302) to the same address, with `headers`; `times` defaults to all',
    takes: ['status', 'headers'],
    times: forever,
    answer: (fault, { url }) => redirectTo(url, fault),
  } as FaultRow,
  expiredSession: {
    group: 'upload sessions',
    about: 'the upload session is gone: `status` (410) from then on',
    takes: ['status'],
    suits: (request) => putOf(request) !== undefined,
    session: ({ status }) => status ?? 410,
  } as FaultRow,
  commitLess: {
    group: 'upload sessions',
    about: 'stores `bytes` (0) of what was sent and answers 308',
    takes: ['bytes'],
    suits: (request) => putOf(request) === 'data',
    body: ({ bytes }, length) => ({ limit: within(bytes, length), next: 'stored', flip: -1 }),
  } as FaultRow,
  flip: {
    group: 'the content',
    about: "the byte at `bytes` (0) of the answer is changed, or of the request (`on: 'request'`) before it is stored",
    takes: ['bytes', 'on'],
    body: ({ on, bytes }, length) =>
      on === 'request' ? { limit: forever, next: 'stored', flip: within(bytes, length) } : undefined,
    damage: (answer, fault) => (fault.on === 'request' ? answer : withOtherBody(answer, 'flip', fault)),
  } as FaultRow,
  wrongHash: {
    group: 'the content',
    about: 'the checksums in the answer are of other bytes',
    takes: [],
    damage: withOtherSums,
  } as FaultRow,
  wrongLength: {
    group: 'the content',
    about: 'Content-Length says `bytes` (1; may be negative) more than come',
    takes: ['bytes'],
    damage: (answer, { bytes }) => withOtherLength(answer, bytes ?? 1),
  } as FaultRow,
  ignoreRange: {
    group: 'the content',
    about: 'a request with Range is answered by 200 and the whole',
    takes: [],
    suits: hasRange,
    range: 'ignored',
  } as FaultRow,
  unsatisfiable: {
    group: 'the content',
    about: 'a request with Range is answered by 416',
    takes: [],
    suits: hasRange,
    range: 'unsatisfiable',
  } as FaultRow,
  changed: {
    group: 'the content',
    about:
      'another content (`content`, or every byte inverted), validator and time from now on; with `bytes` the answer is still the old content, cut after so many',
    takes: ['content', 'bytes'],
    suits: ({ path }) => /^\/(download|kf)\//.test(path),
    content: ({ content }, data) =>
      typeof content === 'string' ? new TextEncoder().encode(content) : (content ?? inverted(data)),
    damage: (answer, fault) => (fault.bytes === undefined ? answer : withOtherBody(answer, 'cut', fault)),
  } as FaultRow,
};

/** See docs/emulator.md for what each does. */
export type FaultKind = keyof typeof faultKinds;
