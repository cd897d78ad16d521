import type { Fault } from 'kaggle-ts/testing';
import type { FaultCase } from '../cell.ts';

/** Faults of the requests for the bytes of a file. */
const get = { path: '/download/' };
const forever = 10_000;
const one = (fault: Fault): FaultCase => ({ kind: fault.kind, rules: [{ match: get, ...fault }] });
const both = (...faults: Fault[]): FaultCase => ({
  kind: faults.at(-1)!.kind,
  rules: faults.map((fault) => ({ match: get, ...fault })),
  meets: faults.length,
});

const given = (message: RegExp, ...names: string[]) => ({ names: ['TransferError', ...names], message });
const damaged = { names: ['IntegrityError'], message: /damaged/ };
/** A stream cannot take back what it was given: what has to start over is refused there. */
const toFolder = ['download, small', 'download, one stream', 'download, parallel ranges', 'kernels.output'];
const large = ['download, one stream', 'download, parallel ranges', 'kernels.output'];
const orStream = [...large, 'download, into a stream'];
const middle: Fault = { kind: 'drop', bytes: 150_000 };

export const downFaults: Readonly<Record<string, FaultCase>> = {
  'refuse: the connection is reset': one({ kind: 'refuse' }),
  'refuse: again and again': {
    ...one({ kind: 'refuse', times: forever }),
    refused: given(/connection was lost|no answer/, 'ConnectionError'),
    client: { retry: 1 },
  },
  'drop: at byte 0': one({ kind: 'drop', bytes: 0 }),
  'drop: after byte 1': one({ kind: 'drop', bytes: 1 }),
  'drop: at the edge of a piece': { ...one({ kind: 'drop', bytes: 65_536 }), only: large },
  'drop: in the middle': one({ kind: 'drop', bytes: 700 }),
  'drop: before the last byte': one({ kind: 'drop', bytes: -1 }),
  'drop: four times': { ...one({ kind: 'drop', bytes: 0, times: 4 }), meets: 4 },
  'drop: after some bytes each time': {
    ...one({ kind: 'drop', bytes: 100_000, times: 5 }),
    only: ['download, one stream', 'download, into a stream'],
    meets: 5,
  },
  'drop: again and again': {
    ...one({ kind: 'drop', bytes: 0, times: forever }),
    refused: given(/connection was lost/, 'ConnectionError'),
    client: { retry: 1 },
  },
  'lostAnswer: instead of the file': one({ kind: 'lostAnswer' }),
  'stall: at byte 0': { ...one({ kind: 'stall', bytes: 0 }), stallTimeout: 0.3, client: { timeout: 3 } },
  'stall: in the middle': { ...one({ kind: 'stall', bytes: 700 }), stallTimeout: 0.3, client: { timeout: 3 } },
  'stall: before the last byte': {
    ...one({ kind: 'stall', bytes: -1 }),
    stallTimeout: 0.3,
    client: { timeout: 3 },
  },
  'slow: the first byte': one({ kind: 'slow', seconds: 0.1 }),
  'status: 503 once': one({ kind: 'status', status: 503 }),
  'status: 500 after a lost connection': { ...both(middle, { kind: 'status' }), only: orStream },
  'status: 503 for ever': {
    ...one({ kind: 'status', status: 503, times: forever }),
    refused: given(/HTTP 503|injected 503/, 'ApiError'),
    client: { retry: 1 },
  },
  'status: 403 of an address that has expired': { ...both(middle, { kind: 'status', status: 403 }), only: large },
  'status: 404 for ever': {
    ...one({ kind: 'status', status: 404, times: forever }),
    refused: given(/HTTP 404|injected 404/, 'NotFoundError'),
    client: { retry: 1 },
  },
  'rateLimit: without Retry-After': one({ kind: 'rateLimit' }),
  'rateLimit: with Retry-After': one({ kind: 'rateLimit', seconds: 0.1 }),
  'rateLimit: with Retry-After, after a lost connection': {
    ...both(middle, { kind: 'rateLimit', seconds: 30 }),
    only: orStream,
  },
  'redirectLoop: without an end': {
    ...one({ kind: 'redirectLoop' }),
    refused: given(/redirect|connection was lost|no answer|HTTP 302/i, 'ConnectionError', 'ApiError'),
    client: { retry: 0 },
  },
  'wrongHash: once': { ...one({ kind: 'wrongHash' }), only: toFolder },
  'wrongHash: for ever': { ...one({ kind: 'wrongHash', times: forever }), refused: damaged },
  'flip: the first byte, once': { ...one({ kind: 'flip', bytes: 0 }), only: toFolder },
  'flip: a byte in the middle, once': { ...one({ kind: 'flip', bytes: 500 }), only: toFolder },
  'flip: the last byte, once': { ...one({ kind: 'flip', bytes: -1 }), only: toFolder },
  'flip: with md5 alone': { ...one({ kind: 'flip', bytes: 500 }), emulator: { hashes: 'md5' }, only: toFolder },
  'flip: for ever': { ...one({ kind: 'flip', bytes: 10, times: forever }), refused: damaged },
  'flip: into a stream, which cannot be taken back': {
    ...one({ kind: 'flip', bytes: 500 }),
    only: ['download, into a stream'],
    refused: damaged,
  },
  'wrongLength: more is announced than comes, once': { ...one({ kind: 'wrongLength', bytes: 9 }), only: toFolder },
  'wrongLength: more is announced than comes, into a stream': {
    ...one({ kind: 'wrongLength', bytes: 9 }),
    only: ['download, into a stream'],
    refused: given(/start over/),
    survives: true,
  },
  'wrongLength: less is announced than comes, once': {
    ...one({ kind: 'wrongLength', bytes: -9 }),
    only: toFolder,
  },
  'ignoreRange: after a lost connection': { ...both(middle, { kind: 'ignoreRange' }), only: large },
  'ignoreRange: always': {
    ...both({ ...middle, times: 2 }, { kind: 'ignoreRange', times: forever }),
    only: large,
    meets: 2,
  },
  'unsatisfiable: after a lost connection': { ...both(middle, { kind: 'unsatisfiable' }), only: large },
  'changed: between two requests': { ...both(middle, { kind: 'changed' }), only: large },
  'changed: in the middle of an answer': { ...one({ kind: 'changed', bytes: 150_000 }), only: large },
  'changed: into something shorter': {
    ...both(middle, { kind: 'changed', content: 'much shorter now' }),
    only: large,
  },
  'changed: again and again': {
    ...one({ kind: 'changed', bytes: 150_000, times: forever }),
    only: large,
    refused: given(/changed|connection was lost/),
  },
  'html: a page after a lost connection': {
    ...both(middle, { kind: 'html' }),
    only: large,
    refused: given(/./, 'IntegrityError'),
    survives: true,
  },
  'empty: nothing after a lost connection': {
    ...both(middle, { kind: 'empty' }),
    only: large,
    refused: given(/./, 'IntegrityError'),
    survives: true,
  },
  'drop: no checksums at all': { ...both(middle), emulator: { hashes: 'none' }, only: large },
};
