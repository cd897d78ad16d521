import type { Client } from '../clients/index.ts';

/** What a scenario is run with. */
export interface Bench {
  /** Address of the bench's server. */
  url: string;
  rounds: number;
  say(line: string): void;
}

/** A promise about a number, and whether it was kept. */
export interface Bound {
  text: string;
  value: number;
  kept: boolean;
}

export interface Report {
  title: string;
  /** What was done, and what the columns mean. */
  text: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  bounds: readonly Bound[];
  skipped: readonly Client[];
}

export interface Scenario {
  name: string;
  run(bench: Bench): Promise<Report>;
}

export function atMost(text: string, value: number, limit: number, unit: string): Bound {
  return { text: `${text}: at most ${limit}${unit}`, value, kept: value <= limit };
}
