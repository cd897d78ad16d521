import type { Problem } from './kind.ts';

/** Groups of fields of which at most one can be set. All members have explicit presence. */
export type Oneofs = readonly (readonly string[])[];

/** The set members of each group in which more than one is set. */
export function oneofConflicts(value: Record<string, unknown>, oneofs: Oneofs): string[][] {
  return oneofs.map((group) => group.filter((name) => value[name] !== undefined)).filter((set) => set.length > 1);
}

/** Adds a problem for each member of `set` after the first. */
export function refuseOneof(set: readonly string[], problems: Problem[]): void {
  const message = `only one of ${set.join(', ')} may be set`;
  for (const name of set.slice(1)) problems.push({ path: [name], message, expected: 'never' });
}
