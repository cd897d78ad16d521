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
const damaged = { names: ['IntegrityError'], message: /checksum mismatch/ };
/** A stream cannot take back what it was given: what has to start over is refused there. */
const toFolder = ['download, small', 'download, one stream', 'kernels.output', 'download and unzip'];
const files = ['download, one stream', 'kernels.output'];
const large = [...files, 'download and unzip'];
const archive = ['download and unzip'];
const byHash = ['download, small', 'download, into a stream', ...files];
const orStream = [...large, 'download, into a stream'];
const middle: Fault = { kind: 'drop', bytes: 150_000 };

export const downFaults: Readonly<Record<string, FaultCase>> = {
  'refuse: the connection is reset': one({ kind: 'refuse' }),
  'refuse: every time': {
    ...one({ kind: 'refuse', times: forever }),
    refused: given(/connection was lost|no response/, 'ConnectionError'),
    client: { retry: 1 },
  },
  'drop: at byte 0': one({ kind: 'drop', bytes: 0 }),
  'drop: after byte 1': one({ kind: 'drop', bytes: 1 }),
  'drop: at the boundary of a chunk': { ...one({ kind: 'drop', bytes: 65_536 }), only: large },
  'drop: in the middle': one({ kind: 'drop', bytes: 700 }),
  'drop: before the last byte': one({ kind: 'drop', bytes: -1 }),
  'drop: four times': { ...one({ kind: 'drop', bytes: 0, times: 4 }), meets: 4 },
  'drop: after some bytes each time': {
    ...one({ kind: 'drop', bytes: 100_000, times: 5 }),
    only: ['download, one stream', 'download, into a stream'],
    meets: 5,
  },
  'drop: every time': {
    ...one({ kind: 'drop', bytes: 0, times: forever }),
    refused: given(/connection was lost/, 'ConnectionError'),
    client: { retry: 1 },
  },
  'lostAnswer: instead of the file': one({ kind: 'lostAnswer' }),
  'stall: at byte 0': { ...one({ kind: 'stall', bytes: 0 }), stallTimeout: 2, client: { timeout: 5 } },
  'stall: in the middle': { ...one({ kind: 'stall', bytes: 700 }), stallTimeout: 2, client: { timeout: 5 } },
  'stall: before the last byte': {
    ...one({ kind: 'stall', bytes: -1 }),
    stallTimeout: 2,
    client: { timeout: 5 },
  },
  'slow: the first byte': one({ kind: 'slow', seconds: 0.1 }),
  'status: 503 once': one({ kind: 'status', status: 503 }),
  'status: 500 after a lost connection': { ...both(middle, { kind: 'status' }), only: orStream },
  'status: 503 every time': {
    ...one({ kind: 'status', status: 503, times: forever }),
    refused: given(/HTTP 503|injected 503/, 'ApiError'),
    client: { retry: 1 },
  },
  'status: 403 of an expired URL': {
    ...both(middle, { kind: 'status', status: 403 }),
    only: ['download, one stream', 'download and unzip'],
  },
  'status: 403 of a URL that cannot be renewed': {
    ...both(middle, { kind: 'status', status: 403 }),
    only: ['kernels.output'],
    refused: given(/HTTP 403/),
    survives: true,
  },
  'status: 404 every time': {
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
  'redirectLoop: endless': {
    ...one({ kind: 'redirectLoop' }),
    refused: given(/redirect|connection was lost|no response|HTTP 302/i, 'ConnectionError', 'ApiError'),
    client: { retry: 0 },
  },
  'wrongHash: once': { ...one({ kind: 'wrongHash' }), only: toFolder },
  'wrongHash: every time': { ...one({ kind: 'wrongHash', times: forever }), refused: damaged, only: byHash },
  'flip: the first byte, once': { ...one({ kind: 'flip', bytes: 0 }), only: toFolder },
  'flip: a byte in the middle, once': { ...one({ kind: 'flip', bytes: 500 }), only: toFolder },
  'flip: the last byte, once': { ...one({ kind: 'flip', bytes: -1 }), only: ['download, small', ...files] },
  'flip: the last byte of an archive, which ends its directory': {
    ...one({ kind: 'flip', bytes: -1 }),
    only: archive,
    refused: given(/not a zip archive/, 'IntegrityError'),
    survives: true,
  },
  'flip: with MD5 only': { ...one({ kind: 'flip', bytes: 500 }), emulator: { hashes: 'md5' }, only: toFolder },
  'flip: every time': { ...one({ kind: 'flip', bytes: 10, times: forever }), refused: damaged, only: byHash },
  'wrongHash: of an archive whose entries have checksums': {
    ...one({ kind: 'wrongHash', times: forever }),
    only: archive,
  },
  'flip: in every part of an archive': {
    ...one({ kind: 'flip', bytes: 10, times: forever }),
    only: archive,
    refused: given(/./, 'IntegrityError'),
    survives: true,
  },
  'flip: into a stream, which cannot be undone': {
    ...one({ kind: 'flip', bytes: 500 }),
    only: ['download, into a stream'],
    refused: damaged,
  },
  'wrongLength: more is announced than sent, once': { ...one({ kind: 'wrongLength', bytes: 9 }), only: toFolder },
  'wrongLength: more is announced than sent, into a stream': {
    ...one({ kind: 'wrongLength', bytes: 9 }),
    only: ['download, into a stream'],
    refused: given(/once and in order/),
    survives: true,
  },
  'wrongLength: less is announced than sent, once': {
    ...one({ kind: 'wrongLength', bytes: -9 }),
    only: toFolder,
  },
  'ignoreRange: after a lost connection': { ...both(middle, { kind: 'ignoreRange' }), only: large },
  'ignoreRange: always': {
    ...both({ ...middle, times: 2 }, { kind: 'ignoreRange', times: forever }),
    only: files,
    meets: 2,
  },
  'ignoreRange: of every part of an archive': {
    ...both({ ...middle, times: 2 }, { kind: 'ignoreRange', times: forever }),
    only: archive,
    meets: 2,
    refused: given(/sent the whole file instead/),
    survives: true,
  },
  'unsatisfiable: after a lost connection': { ...both(middle, { kind: 'unsatisfiable' }), only: files },
  'unsatisfiable: of a part of an archive': {
    ...both(middle, { kind: 'unsatisfiable' }),
    only: archive,
    refused: given(/changed/),
    survives: true,
  },
  'changed: between two requests': { ...both(middle, { kind: 'changed' }), only: files },
  'changed: during a response': { ...one({ kind: 'changed', bytes: 150_000 }), only: files },
  'changed: to a shorter object': {
    ...both(middle, { kind: 'changed', content: 'much shorter now' }),
    only: files,
  },
  'changed: every time': {
    ...one({ kind: 'changed', bytes: 150_000, times: forever }),
    only: files,
    refused: given(/changed|connection was lost/),
  },
  'html: a web page after a lost connection': {
    ...both(middle, { kind: 'html' }),
    only: large,
    na: { chromium: 'a page may not see the answer that broke off: then this one is the first' },
    refused: given(/./, 'IntegrityError'),
    survives: true,
  },
  'empty: an empty response after a lost connection': {
    ...both(middle, { kind: 'empty' }),
    only: large,
    refused: given(/./, 'IntegrityError'),
    survives: true,
  },
  'drop: without checksums': { ...both(middle), emulator: { hashes: 'none' }, only: large },
};

/** Faults of a connection that was opened beside the first. */
const beside = (fault: Fault): FaultCase => ({
  ...one({ after: 1, ...fault }),
  na: { workerd: 'an object of R2 is written in order: it comes over one connection' },
});

export const rangeFaults: Readonly<Record<string, FaultCase>> = {
  'refuse: the second connection': beside({ kind: 'refuse' }),
  'drop: the second connection, at byte 0': beside({ kind: 'drop', bytes: 0 }),
  'drop: the second connection, in the middle': beside({ kind: 'drop', bytes: 300_000 }),
  'drop: every connection, in the middle': { ...one({ kind: 'drop', bytes: 1_500_000, times: 4 }), meets: 4 },
  'lostAnswer: the second connection': beside({ kind: 'lostAnswer' }),
  'stall: the second connection': { ...beside({ kind: 'stall', bytes: 300_000 }), stallTimeout: 2 },
  'status: 503 of the second connection': beside({ kind: 'status', status: 503 }),
  'status: 403 of the second connection': beside({ kind: 'status', status: 403 }),
  'rateLimit: of the second connection': beside({ kind: 'rateLimit', seconds: 60 }),
  'flip: a byte of the second range': beside({ kind: 'flip', bytes: 500 }),
  'ignoreRange: of the second connection': beside({ kind: 'ignoreRange', after: 0 }),
  'unsatisfiable: of the second connection': beside({ kind: 'unsatisfiable', after: 0 }),
  'changed: between two ranges': beside({ kind: 'changed' }),
  'changed: in the middle of the second range': beside({ kind: 'changed', bytes: 300_000 }),
};
