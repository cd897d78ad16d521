/**
 * An emulator of Kaggle for tests and offline work. It runs kernels, stores datasets, and can inject faults.
 */
export type { ByteStore } from './byte-store.ts';
export type { StorageHashes } from './checksums.ts';
export type { EmulatorSettings } from './context.ts';
export { createEmulator, type Emulator } from './emulator.ts';
export type { EmulatorOptions } from './emulator-options.ts';
export { type PyodideOptions, pyodideExecutor } from './executors/pyodide.ts';
export { type Python3Options, python3Executor } from './executors/python3.ts';
export { scriptedExecutor } from './executors/scripted.ts';
export type { Executor, Job, JobResult, MountedInput } from './executors/types.ts';
export type { Fault, FaultMatch, Faults } from './faults/book.ts';
export type { FaultKind } from './faults/kinds.ts';
export type { FaultOptions } from './faults/row.ts';
export type { Counts } from './fixtures/fill.ts';
export type {
  DatasetFixture,
  FixtureContent,
  FixtureFiles,
  Fixtures,
  KernelFixture,
  KernelVersionFixture,
  RunFixture,
  UserFixture,
} from './fixtures/types.ts';
export { type ServedEmulator, type ServeOptions, serveEmulator } from './serve.ts';
export type { InitialContent } from './start.ts';
export type { Checksums, DiskBytes, StoredFile } from './stored-file.ts';
export type {
  Dataset,
  DatasetVersion,
  EmulatorState,
  EmulatorUser,
  Kernel,
  KernelVersion,
  LogLine,
  RecordedRequest,
  RunStatus,
  Upload,
} from './types.ts';
