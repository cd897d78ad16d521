import type { EmulatorOptions } from './emulator-options.ts';
import type { FaultBook } from './faults/book.ts';
import type { Keeper } from './keeper.ts';
import type { StoredFile } from './stored-file.ts';
import type { EmulatorState, EmulatorUser } from './types.ts';

/** The options of a running emulator, with their defaults filled in. */
export type EmulatorSettings = Required<Omit<EmulatorOptions, 'executor' | 'faults' | 'users' | 'fixtures' | 'data'>>;

/** The parts of the emulator that handlers use. */
export interface Context {
  readonly options: EmulatorSettings;
  readonly state: EmulatorState;
  readonly faults: FaultBook;
  readonly keeper: Keeper;
  now(): number;
  /** Returns an unused id. */
  id(): number;
  /** Returns random hexadecimal digits, repeatable by the seed. */
  hex(length: number): string;
  /** Returns a signed URL of a file. */
  sign(file: StoredFile): string;
  /** Starts queued runs. Call it after a kernel was pushed or canceled. */
  schedule(): void;
}

/** One API call. */
export interface Rpc {
  readonly context: Context;
  /** The caller; `undefined` if the request has no credential. */
  readonly user: EmulatorUser | undefined;
  readonly body: Record<string, unknown>;
  /** Origin of the request URL. */
  readonly origin: string;
}

export type Handler = (rpc: Rpc) => unknown;
