import { type EmulatorOptions, type Executor, type Fixtures, scriptedExecutor } from 'kaggle-ts/testing';

/** Options of `sampleOptions`. */
export interface SampleOptions {
  /** Runs the kernels that are not samples. @default They print a line and end. */
  executor?: Executor | undefined;
  /** The clock, in milliseconds since 1970. @default `Date.now` */
  now?: (() => number) | undefined;
  /** Whether running samples continue to write to their logs. @default true */
  live?: boolean | undefined;
}

const fixtures: Fixtures = {
  kernels: ['house-prices', 'digit-recognizer', 'store-sales'].map((slug) => ({
    owner: 'alice',
    slug,
    title: slug.replace('-', ' '),
    text: 'print("done")',
    log: [{ stream_name: 'stdout', time: 1, data: 'done\n' }],
  })),
};

/** Options of an emulator with the sample data of the dashboard, for `createEmulator` and `serveEmulator`. */
export function sampleOptions({
  executor = scriptedExecutor(() => {}),
  now = Date.now,
}: SampleOptions = {}): EmulatorOptions {
  return { fixtures, executor, now };
}
