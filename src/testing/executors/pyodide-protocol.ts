import type { MountedInput } from './types.ts';

/** What the executor asks of its worker: first to start the interpreter, then once to run a kernel. */
export type ToWorker = StartOrder | RunOrder;

export interface StartOrder {
  type: 'start';
  /** Absolute path of a folder of wheels. */
  packages: string | undefined;
}

export interface RunOrder {
  type: 'run';
  text: string;
  kernelType: string;
  inputs: MountedInput[];
  /** One shared byte: 2 interrupts the interpreter. */
  interrupt: Uint8Array;
  packages: string | undefined;
  fetchPackages: boolean;
}

/** What the worker answers. */
export type FromWorker =
  | { type: 'started' }
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | { type: 'result'; files: { name: string; data: Uint8Array<ArrayBuffer> }[]; failureMessage?: string }
  /** The interpreter could not be started. */
  | { type: 'broken'; message: string };
