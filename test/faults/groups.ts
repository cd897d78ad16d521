import type { Cases } from '../conformance/context.ts';
import { downFaults } from './cases/down.ts';
import { downloads } from './cases/operations-down.ts';
import { uploads } from './cases/operations-up.ts';
import { downCalls, upCalls } from './cases/rpc.ts';
import { upFaults } from './cases/up.ts';
import { cell, type FaultCase } from './cell.ts';
import type { Operation } from './operation.ts';

type FaultCases = Readonly<Record<string, FaultCase>>;

/** The cells of one operation: every fault that means something for it. */
function row(operation: Operation, faults: FaultCases): Cases {
  const fitting = Object.entries(faults).filter(([, { only }]) => !only || only.includes(operation.name));
  return Object.fromEntries(fitting.map(([name, fault]) => [name, cell(operation, fault)]));
}

/** The matrix: a group for each operation, a case for each fault. */
export const groups: Readonly<Record<string, Cases>> = Object.fromEntries([
  ...uploads.map((operation) => [operation.name, row(operation, { ...upFaults, ...upCalls })]),
  ...downloads.map((operation) => [operation.name, row(operation, { ...downFaults, ...downCalls })]),
]);

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
  for (const operation of uploads) take(operation, upFaults);
  for (const operation of downloads) take(operation, downFaults);
  return cases;
}
