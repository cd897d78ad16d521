import type { Problem } from './kind.ts';

/** Groups of fields of which at most one may be set. */
export type Oneofs = readonly (readonly string[])[];

/** Adds a problem for each group of which more than one member is in `json`, the wire form of a message. */
export function checkOneofs(json: object, oneofs: Oneofs, problems: Problem[]): void {
  for (const group of oneofs) {
    const set = group.filter((name) => name in json);
    for (const name of set.slice(1)) {
      const message = `only one of ${set.join(', ')} may be set`;
      problems.push({ path: [name], message, expected: null });
    }
  }
}
