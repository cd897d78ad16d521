import { join } from 'node:path';

const folder = join(import.meta.dirname, '../node_modules/.cache');

/**
 * Variables by which Node and Deno keep what they compiled: tests start hundreds of programs from the same sources, and all
 * but the first of a runtime start in half the time. Both look at the content of a file, so a change is never missed.
 */
export const caches: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: join(folder, 'node'),
  DENO_DIR: join(folder, 'deno'),
};

/** For V8 in processes whose kernels run for a moment: it would optimize the interpreter longer than it runs. */
export const briefKernels = '--wasm-tiering-budget=100000000';
