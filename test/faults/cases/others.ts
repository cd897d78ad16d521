import { type FaultKind, faultKinds } from '../../../src/testing/faults/kinds.ts';
import type { FaultRow, FaultyRequest } from '../../../src/testing/faults/row.ts';
import type { FaultCase } from '../cell.ts';

/** Requests that transfers make, with what a case matches them by. */
const samples = {
  up: { match: { puts: 'data' }, verb: 'PUT', path: '/upload/x', header: 'content-range', value: 'bytes 0-1/2' },
  down: { match: { path: '/download/' }, verb: 'GET', path: '/download/x', header: 'accept', value: '*/*' },
} as const;

/**
 * A case for each kind that has none of its own: one request of a transfer meets it, with its defaults. Any error of ours is
 * right; that no byte is lost is checked as for all.
 */
export function otherFaults(
  moves: keyof typeof samples,
  named: readonly Readonly<Record<string, FaultCase>>[],
): Record<string, FaultCase> {
  const known = new Set(named.flatMap((cases) => Object.values(cases).map(({ kind }) => kind)));
  const { match, verb, path, header, value } = samples[moves];
  const request: FaultyRequest = { rpc: undefined, verb, path, query: '', headers: new Headers({ [header]: value }) };
  const left = Object.entries(faultKinds as Record<string, FaultRow>).filter(
    ([kind, { suits }]) => !known.has(kind as FaultKind) && (suits?.(request) ?? true),
  );
  return Object.fromEntries(
    left.map(([name]) => {
      const kind = name as FaultKind;
      const refused = { names: ['TransferError', 'ConnectionError', 'ApiError', 'IntegrityError'], message: /./ };
      return [`${kind}: once`, { kind, rules: [{ kind, match }], refused, survives: true }];
    }),
  );
}
