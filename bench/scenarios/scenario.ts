import type { Bound } from '../bounds.ts';
import type { Client } from '../clients/index.ts';
import type { Scratch } from '../scratch.ts';
import type { Server, ServerOptions } from '../server-process.ts';

export type Over = 'TLS' | 'plain HTTP';

/** What a scenario is run with. */
export interface Bench {
  rounds: number;
  /** Rounds for clients that take long. */
  slowRounds: number;
  /** Times the sizes of what is large: 1, or less for a quick look. */
  scale: number;
  scratch: Scratch;
  /** Starts a server of the scenario's own, over what is measured; the bench stops it. */
  serve(options?: Omit<ServerOptions, 'tls'>): Promise<Server>;
  say(line: string): void;
}

export interface Report {
  title: string;
  /** What was done, and what the columns mean. */
  text: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  bounds: readonly Bound[];
  skipped: readonly Client[];
  /** Clients that did not do what they were told; the bench fails with them. */
  failed?: readonly string[];
}

export interface Scenario {
  name: string;
  /** What its requests go over: a report for each. Plain HTTP as the second one runs in fewer rounds. */
  over: readonly Over[];
  run(bench: Bench): Promise<Report>;
}
