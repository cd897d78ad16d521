import type { Fault } from 'kaggle-ts/testing';
import type { FaultCase } from '../cell.ts';

/** Faults of the requests that send data to an upload session. */
const data = { puts: 'data' } as const;
const forever = 10_000;
const put = (fault: Fault): FaultCase => ({ kind: fault.kind, rules: [{ match: data, ...fault }] });
const both = (...faults: Fault[]): FaultCase => ({ kind: faults[0]!.kind, rules: faults, meets: faults.length });

const given = (message: RegExp, ...names: string[]) => ({ names: ['TransferError', ...names], message });
const damaged = { names: ['IntegrityError'], message: /checksum mismatch/ };

/** A request from memory shows nothing of how far it is, so a large one is given time by its size. */
const still = { stallTimeout: 2, only: ['uploadFile, small', 'createOrVersion, new', 'createOrVersion, a version'] };
const stillLong = {
  stallTimeout: 2,
  only: ['uploadFile, one long PUT'],
  na: { chromium: 'a page does not see how far a request is: a large one is given minutes' },
};

const sets = ['createOrVersion, new', 'createOrVersion, a version'];

export const upFaults: Readonly<Record<string, FaultCase>> = {
  'refuse: the connection is reset': put({ kind: 'refuse' }),
  'refuse: the port is closed for a moment': put({ kind: 'refuse', seconds: 0.05 }),
  'refuse: every time': {
    ...put({ kind: 'refuse', times: forever, match: { path: '/upload/' } }),
    refused: given(/connection was lost/),
  },
  'drop: the request, at byte 0': put({ kind: 'drop', on: 'request', bytes: 0 }),
  'drop: the request, after byte 1': put({ kind: 'drop', on: 'request', bytes: 1 }),
  'drop: the request, in the middle': put({ kind: 'drop', on: 'request', bytes: 300 }),
  'drop: the request, before its last byte': put({ kind: 'drop', on: 'request', bytes: -1 }),
  'drop: the request, at its end': put({ kind: 'drop', on: 'request', bytes: 2 ** 40 }),
  'drop: the request, four times': { ...put({ kind: 'drop', on: 'request', bytes: 9, times: 4 }), meets: 4 },
  'drop: the request and the status query': both(
    { kind: 'drop', on: 'request', bytes: 500, match: data },
    { kind: 'drop', match: { puts: 'query' } },
  ),
  'drop: the final response, at byte 0': put({ kind: 'drop', bytes: 0 }),
  'drop: the final response, before its last byte': put({ kind: 'drop', bytes: -1 }),
  'lostAnswer: the bytes are stored': put({ kind: 'lostAnswer' }),
  'lostAnswer: also of the status query': both(
    { kind: 'lostAnswer', match: data },
    { kind: 'lostAnswer', match: { puts: 'query' } },
  ),
  'lostAnswer: every time': {
    ...put({ kind: 'lostAnswer', times: forever, match: { path: '/upload/' } }),
    refused: given(/connection was lost/),
  },
  'stall: the request, at byte 0': { ...put({ kind: 'stall', on: 'request' }), ...still },
  'stall: the request, in the middle': { ...put({ kind: 'stall', on: 'request', bytes: 300 }), ...still },
  'stall: the final response': { ...put({ kind: 'stall', bytes: 5 }), ...still },
  'stall: a long request, at byte 0': { ...put({ kind: 'stall', on: 'request' }), ...stillLong },
  'stall: a long request, in the middle': {
    ...put({ kind: 'stall', on: 'request', bytes: 6_000_000 }),
    ...stillLong,
  },
  'stall: the response to a long request': { ...put({ kind: 'stall', bytes: 5 }), ...stillLong },
  'slow: the first byte of the response': put({ kind: 'slow', seconds: 0.1 }),
  'status: 503 before the body': put({ kind: 'status', status: 503 }),
  'status: 500 before the body, twice': { ...put({ kind: 'status', times: 2 }), meets: 2 },
  'status: 502 in the middle of the body': put({ kind: 'status', status: 502, when: 'during', bytes: 400 }),
  'status: 504 after the body, which is stored': put({ kind: 'status', status: 504, when: 'after' }),
  'status: 408 after the body, which is stored': put({ kind: 'status', status: 408, when: 'after' }),
  'status: 503 of the status query as well': both(
    { kind: 'status', status: 503, when: 'during', bytes: 100, match: data },
    { kind: 'status', status: 503, match: { puts: 'query' } },
  ),
  'status: 503 every time': {
    ...put({ kind: 'status', status: 503, times: forever, match: { path: '/upload/' } }),
    refused: given(/HTTP 503/),
  },
  'status: 403 before the body': { ...put({ kind: 'status', status: 403 }), refused: given(/HTTP 403/) },
  'status: 400 in the middle of the body': {
    ...put({ kind: 'status', status: 400, when: 'during', bytes: 400 }),
    refused: given(/HTTP 400/),
  },
  'rateLimit: without Retry-After': put({ kind: 'rateLimit' }),
  'rateLimit: with Retry-After': put({ kind: 'rateLimit', seconds: 7 }),
  'rateLimit: three times': { ...put({ kind: 'rateLimit', seconds: 1, times: 3 }), meets: 3 },
  'rateLimit: with a Retry-After of years': put({ kind: 'rateLimit', seconds: 1e9 }),
  'redirect: to another URL': {
    ...put({ kind: 'redirect', location: '/elsewhere' }),
    refused: given(/HTTP 302|connection was lost|HTTP 404|HTTP 405/),
    // A page cannot but follow it; what is not there counts as a session that has expired.
    survives: true,
  },
  'redirectLoop: endless': {
    ...put({ kind: 'redirectLoop', status: 307, match: { path: '/upload/' } }),
    refused: given(/HTTP 307|connection was lost/),
    only: ['uploadFile, small', 'createOrVersion, new'],
  },
  'expiredSession: 410 for the data': put({ kind: 'expiredSession' }),
  'expiredSession: 404 for the data': put({ kind: 'expiredSession', status: 404 }),
  'expiredSession: 410 for the status query': both(
    { kind: 'drop', on: 'request', bytes: 500, match: data },
    { kind: 'expiredSession', match: { puts: 'query' } },
  ),
  'expiredSession: every session': {
    ...put({ kind: 'expiredSession', times: forever }),
    refused: given(/upload session expired/),
  },
  'commitLess: nothing is stored': put({ kind: 'commitLess', bytes: 0 }),
  'commitLess: an odd number of bytes': put({ kind: 'commitLess', bytes: 333 }),
  'commitLess: all but one byte': put({ kind: 'commitLess', bytes: -1 }),
  'commitLess: nothing, every time': {
    ...put({ kind: 'commitLess', bytes: 0, times: forever }),
    refused: given(/did not store any of the data/),
  },
  'wrongHash: in the final response': {
    ...put({ kind: 'wrongHash', times: forever }),
    refused: damaged,
  },
  'flip: a byte of the request': {
    ...put({ kind: 'flip', on: 'request', bytes: 500 }),
    refused: damaged,
    survives: true,
  },
  'flip: the last byte of the request': {
    ...put({ kind: 'flip', on: 'request', bytes: -1 }),
    refused: damaged,
    survives: true,
  },
  'flip: with MD5 only': {
    ...put({ kind: 'flip', on: 'request', bytes: 500 }),
    emulator: { hashes: 'md5' },
    refused: damaged,
    survives: true,
    only: ['uploadFile, small', ...sets],
  },
  'wrongLength: of the final response, too large': put({ kind: 'wrongLength', bytes: 5 }),
  'wrongLength: of the final response, too small': put({ kind: 'wrongLength', bytes: -5 }),
  'html: a web page instead of the storage': {
    ...put({ kind: 'html' }),
    refused: given(/did not come from the storage|web page|not stored/, 'ApiError'),
    survives: true,
  },
  'empty: an empty response, and nothing was stored': {
    ...put({ kind: 'empty' }),
    refused: given(/did not come from the storage|not stored/, 'ApiError'),
    survives: true,
  },
  'brokenJson: the final response, and nothing was stored': {
    ...put({ kind: 'brokenJson' }),
    refused: given(/did not come from the storage|not stored/, 'ApiError'),
    survives: true,
  },
  'status: no checksums, and a lost response': {
    ...put({ kind: 'lostAnswer' }),
    emulator: { hashes: 'none' },
  },
};
