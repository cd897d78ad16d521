import type { FaultBook } from './faults/book.ts';
import type { Keeper } from './keeper.ts';
import type { StoredFile } from './stored-file.ts';
import type { EmulatorOptions, EmulatorState, EmulatorUser } from './types.ts';

/** The options of an emulator that count while it runs, with their defaults. */
export type EmulatorSettings = Required<Omit<EmulatorOptions, 'executor' | 'faults' | 'users' | 'fixtures' | 'data'>>;

/** What every handler can reach. */
export interface Context {
  readonly options: EmulatorSettings;
  readonly state: EmulatorState;
  readonly faults: FaultBook;
  readonly keeper: Keeper;
  now(): number;
  /** A fresh number for something that has an id. */
  id(): number;
  /** Random hexadecimal digits, repeatable by the seed. */
  hex(length: number): string;
  /** A signed address of a file. */
  sign(file: StoredFile): string;
  /** Called after a kernel was pushed or cancelled. */
  schedule(): void;
}

/** One RPC. */
export interface Rpc {
  readonly context: Context;
  /** Who asks; `undefined` for anonymous. */
  readonly user: EmulatorUser | undefined;
  readonly body: Record<string, unknown>;
  /** The path before the service: how storage addresses on the API's origin would begin. */
  readonly origin: string;
}

export type Handler = (rpc: Rpc) => unknown;
