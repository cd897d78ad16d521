import type { Listed } from '../suites.ts';
import { CaseError, type CaseResult, type Context, type Facts } from './context.ts';

/** Seconds after which a case counts as failed. It ends what hangs; slow machines need a fraction of it. */
const seconds = 180;

function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const where = error.stack?.split('\n').find((line) => line !== '' && !line.includes(error.message));
  const cause = error.cause instanceof Error ? ` <- ${error.cause.name}: ${error.cause.message}` : '';
  return `${error.name}: ${error.message}${cause}${where ? ` (${where.trim()})` : ''}`;
}

/** Runs the cases one after the other, each on a fresh emulator, and reports each as soon as it is done. */
export async function runCases(
  context: Context,
  cases: readonly Listed[],
  report: (result: CaseResult) => void | Promise<void>,
): Promise<void> {
  const { over, runtime, control } = context;
  for (const { group, name, run, na } of cases) {
    const reason = na?.[runtime];
    if (reason !== undefined) {
      await report({ over, group, name, ok: true, ms: 0, na: reason });
      continue;
    }
    const started = Date.now();
    try {
      await control.reset();
      const facts = (await within<Facts | undefined>(run(context) as Promise<Facts | undefined>)) ?? undefined;
      await report({ over, group, name, ok: true, ms: Date.now() - started, facts });
    } catch (error) {
      const facts = error instanceof CaseError ? error.facts : undefined;
      await report({ over, group, name, ok: false, ms: Date.now() - started, error: describe(error), facts });
    }
  }
}
