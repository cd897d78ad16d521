export interface Runtime {
  /** The folder here that has its `start.ts` and its `entry.ts`. */
  readonly folder: string;
  /** For one without a folder of modules: the package is put into its script, by these conditions of the export map. */
  readonly conditions?: readonly string[];
}

/** Every runtime that has to pass the conformance cases: a column of the matrix. */
export const runtimes = {
  node22: { folder: 'node' },
  node24: { folder: 'node' },
  node: { folder: 'node' },
  deno: { folder: 'deno' },
  bun: { folder: 'bun' },
  workerd: { folder: 'workerd', conditions: ['workerd', 'worker', 'browser'] },
  chromium: { folder: 'chromium', conditions: ['browser'] },
} as const satisfies Readonly<Record<string, Runtime>>;

export type RuntimeName = keyof typeof runtimes;

export type RuntimeFolder = (typeof runtimes)[RuntimeName]['folder'];

export const runtimeNames: readonly RuntimeName[] = Object.keys(runtimes) as RuntimeName[];
