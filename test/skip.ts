import process from 'node:process';
import type { TestContext } from 'vitest';

/** Skips a test, and says why on standard error too: some reporters show no reasons. */
export function skip(context: TestContext, reason: string): never {
  process.stderr.write(`not run: ${context.task.name}: ${reason}\n`);
  return context.skip(reason);
}
