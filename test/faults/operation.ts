import type { KaggleClient } from 'kaggle-ts';
import type { Context } from '../conformance/context.ts';
import type { Held, Holdings } from '../conformance/control.ts';

/** What a transfer under test is run with: small limits, and a client whose pauses cost nothing. */
export interface Means {
  client: KaggleClient;
  options: { stallTimeout: number };
}

/** A transfer that is ready to begin, and how to judge it. Problems are texts; none is well. */
export interface Prepared {
  run(means: Means): Promise<unknown>;
  /** After success: whether exactly the right bytes are at the other end. */
  arrived(result: unknown, held: Holdings): Promise<Problem[]>;
  /** After a refusal: whether nothing half-made is left. */
  tidy(held: Holdings): Promise<Problem[]>;
}

export interface Problem {
  what: string;
  /** Bytes that are not where they should be. */
  lost: number;
}

export interface Operation {
  name: string;
  /** The way that the bytes go. */
  moves: 'up' | 'down';
  /** Bytes of the largest file. */
  size: number;
  /** How many files it moves. */
  files: number;
  /** Of several files the one that faults of downloads are for. */
  target?: string;
  prepare(context: Context): Promise<Prepared>;
}

/** Compares files by name, length and hash; what is missing or different counts with all its bytes. */
export function compare(found: readonly Held[], wanted: readonly Held[]): Problem[] {
  const problems: Problem[] = [];
  for (const { name, size, sha256 } of wanted) {
    const same = found.filter((file) => file.name === name);
    if (same.length !== 1) problems.push({ what: `${same.length} files ${name}`, lost: Math.max(1, size) });
    else if (same[0]!.sha256 !== sha256)
      problems.push({ what: `${name} has other bytes (${same[0]!.size} of ${size})`, lost: Math.max(1, size) });
  }
  for (const { name } of found) {
    if (!wanted.some((file) => file.name === name)) problems.push({ what: `${name} should not be there`, lost: 0 });
  }
  return problems;
}
