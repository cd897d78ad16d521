import fc from 'fast-check';
import type { Fault } from '../../../src/testing/index.ts';

type Arbitrary<T> = fc.Arbitrary<T>;

const bare = fc.constantFrom('empty' as const, 'brokenJson' as const);
const busy = fc.constantFrom(408, 429, 500, 502, 503, 504);
const when = fc.constantFrom('before' as const, 'during' as const, 'after' as const);
/** Positions that matter more than others, and any other. */
const position = (size: number): Arbitrary<number> =>
  fc.oneof(fc.constantFrom(0, 1, -1, size, 65_536, 262_144), fc.integer({ min: 0, max: Math.max(0, size) }));

/** Who meets a fault: a few requests, after a few that pass. */
const meeting = { times: fc.integer({ min: 1, max: 3 }), after: fc.integer({ min: 0, max: 4 }) };
const of = <T extends object>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> =>
  fc.record({ ...fields, ...meeting } as never) as Arbitrary<T>;
const kind = <K extends Fault['kind']>(name: K) => fc.constant(name);

/** A fault of a PUT to an upload session for a file of `size` bytes. */
export function upFault(size: number): Arbitrary<Fault> {
  const bytes = position(size);
  const request = fc.constant('request' as const);
  const match = fc.constantFrom({ path: '/upload/' }, { puts: 'data' as const }, { puts: 'query' as const });
  return fc.oneof(
    { weight: 6, arbitrary: of<Fault>({ kind: kind('drop'), on: request, bytes, match }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('drop'), bytes: fc.constantFrom(0, 1, 20, -1), match }) },
    { weight: 3, arbitrary: of<Fault>({ kind: fc.constantFrom('lostAnswer' as const, 'refuse' as const), match }) },
    { weight: 5, arbitrary: of<Fault>({ kind: kind('status'), status: busy, when, bytes, match }) },
    {
      weight: 1,
      arbitrary: of<Fault>({ kind: kind('status'), status: fc.constantFrom(400, 403), when, bytes, match }),
    },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('rateLimit'), seconds: fc.constantFrom(0, 3, 1e9), match }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('expiredSession'), status: fc.constantFrom(404, 410), match }) },
    { weight: 1, arbitrary: of<Fault>({ kind: kind('html'), match }) },
    // Not of queries: a storage that never says anything of what it holds is taken at its word.
    { weight: 1, arbitrary: of<Fault>({ kind: bare, match: fc.constant({ puts: 'data' as const }) }) },
    { weight: 4, arbitrary: of<Fault>({ kind: kind('commitLess'), bytes }) },
    {
      weight: 1,
      arbitrary: of<Fault>({ kind: fc.constantFrom('wrongHash' as const, 'redirectLoop' as const), match }),
    },
    {
      weight: 1,
      arbitrary: of<Fault>({ kind: kind('flip'), on: request, bytes, match: fc.constant({ puts: 'data' }) }),
    },
  );
}

/** A fault of a GET of a file of `size` bytes that can be noticed with `hashes`. */
export function downFault(size: number, hashes: string): Arbitrary<Fault> {
  const bytes = position(size);
  const match = fc.constant({ path: '/download/' });
  const visible = [
    { weight: 8, arbitrary: of<Fault>({ kind: kind('drop'), bytes, match }) },
    { weight: 2, arbitrary: of<Fault>({ kind: fc.constantFrom('lostAnswer' as const, 'refuse' as const), match }) },
    { weight: 3, arbitrary: of<Fault>({ kind: kind('status'), status: busy, match }) },
    { weight: 1, arbitrary: of<Fault>({ kind: kind('status'), status: fc.constantFrom(400, 403, 404), match }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('rateLimit'), seconds: fc.constantFrom(0, 3, 1e9), match }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('ignoreRange') }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('unsatisfiable') }) },
    { weight: 2, arbitrary: of<Fault>({ kind: kind('changed'), bytes: fc.option(bytes, { nil: undefined }) }) },
    { weight: 1, arbitrary: of<Fault>({ kind: kind('changed'), content: fc.constantFrom('', 'short') }) },
  ];
  const hidden = [
    { weight: 2, arbitrary: of<Fault>({ kind: kind('flip'), bytes, match }) },
    { weight: 1, arbitrary: of<Fault>({ kind: kind('wrongHash'), match }) },
    { weight: 1, arbitrary: of<Fault>({ kind: kind('wrongLength'), bytes: fc.integer({ min: -9, max: 9 }), match }) },
  ];
  return fc.oneof(...visible, ...(hashes === 'none' ? [] : hidden));
}

const lost = /no response|connection was (lost|cut|closed)|without (progress|new data)/;
const answered = (status: number) => new RegExp(`\\b(HTTP|injected) ${status}\\b`);

/** What the refusal of a transfer says that met such a fault too often. */
const reasons: Record<string, (fault: Fault) => RegExp> = {
  drop: () => lost,
  lostAnswer: () => lost,
  refuse: () => lost,
  status: ({ status = 500 }) => answered(status),
  rateLimit: () => answered(429),
  expiredSession: () => /session expired/,
  redirectLoop: () => /HTTP 30\d/,
  html: () => /HTTP 200/,
  empty: () => /HTTP 200/,
  brokenJson: () => /HTTP 200/,
  commitLess: () => /without progress/,
  flip: () => /checksum mismatch/,
  wrongHash: () => /checksum mismatch/,
  wrongLength: () => /received \d+ bytes, expected \d+|connection was lost/,
  changed: () => /changed|became shorter|received \d+ bytes, expected \d+ according to|connection was lost/,
  unsatisfiable: () => /changed/,
  ignoreRange: () => lost,
};

/** Whether a refusal says what one of the faults does. */
export function explains(message: string, faults: readonly Fault[]): boolean {
  return faults.some((fault) => reasons[fault.kind]?.(fault).test(message));
}

/** Sizes around the edges of parts and pieces, and any other up to three parts. */
export const fileSize: Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, 65_536, 262_143, 262_144, 262_145, 524_288),
  fc.integer({ min: 0, max: 700_000 }),
);
