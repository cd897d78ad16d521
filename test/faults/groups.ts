import type { Cases } from '../conformance/context.ts';
import { downFaults, rangeFaults } from './cases/down.ts';
import { downloads, ranges } from './cases/operations-down.ts';
import { uploads } from './cases/operations-up.ts';
import { otherFaults } from './cases/others.ts';
import { downCalls, upCalls } from './cases/rpc.ts';
import { upFaults } from './cases/up.ts';
import { cell, type FaultCase } from './cell.ts';
import type { Operation } from './operation.ts';

type FaultCases = Readonly<Record<string, FaultCase>>;

const named = [upFaults, upCalls, downFaults, downCalls, rangeFaults];
const up: FaultCases = { ...upFaults, ...otherFaults('up', named) };
const down: FaultCases = { ...downFaults, ...otherFaults('down', named) };

/** What meets what: a line for each fault that means something for an operation. */
const lines: readonly { operation: Operation; name: string; fault: FaultCase }[] = [
  ...uploads.map((operation) => ({ operation, faults: { ...up, ...upCalls } })),
  ...downloads.map((operation) => ({ operation, faults: { ...down, ...downCalls } })),
  { operation: ranges, faults: rangeFaults },
].flatMap(({ operation, faults }) =>
  Object.entries(faults as FaultCases)
    .filter(([, { only }]) => !only || only.includes(operation.name))
    .map(([name, fault]) => ({ operation, name, fault })),
);

/** The cells by group (the operation) and name (the fault), with their kinds. */
export const cells: readonly { group: string; name: string; kind: string }[] = lines.map(
  ({ operation, name, fault: { kind } }) => ({ group: operation.name, name, kind }),
);

/** The matrix: a group for each operation, a case for each fault. */
export const groups: Readonly<Record<string, Cases>> = Object.fromEntries(
  [...new Set(lines.map(({ operation }) => operation))].map((operation) => [
    operation.name,
    Object.fromEntries(
      lines.filter((line) => line.operation === operation).map(({ name, fault }) => [name, cell(operation, fault)]),
    ),
  ]),
);

/** Each kind once, with the operation that is the first to meet it: what every test run has time for. */
export function smoke(): Cases {
  const seen = new Set<string>();
  const cases: Record<string, Cases[string]> = {};
  const take = (operation: Operation, faults: FaultCases) => {
    for (const [name, fault] of Object.entries(faults)) {
      if (seen.has(fault.kind) || (fault.only && !fault.only.includes(operation.name))) continue;
      seen.add(fault.kind);
      cases[`${operation.name}, ${name}`] = cell(operation, fault);
    }
  };
  // Bodies that are none come first as answers of the API, where they are refused at once.
  const bodies = Object.entries(upCalls).filter(([, { kind }]) => /html|empty|brokenJson/.test(kind));
  for (const operation of uploads) take(operation, { ...Object.fromEntries(bodies), ...up });
  for (const operation of downloads) take(operation, down);
  return cases;
}
