import { startDeadline } from '../core/rpc/deadline.ts';
import { Interrupted } from './command.ts';
import type { Terminal } from './terminal.ts';
import { inWords } from './words.ts';

/** The steps of a check: each is done, timed, and printed as ok or failed. */
export interface Steps {
  /** Performs a step; an error ends the check. `detail` summarizes the result. */
  step<T>(what: string, act: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
  /** Like `step`, for a step that no other depends on: if it fails, the check continues, and fails at its end. */
  attempt<T>(what: string, act: () => Promise<T>, detail?: (result: T) => string): Promise<T | undefined>;
  /** Performs steps that no later one depends on: a failure ends only these. */
  part(act: () => Promise<void>): Promise<void>;
  /** Registers cleanup that runs at the end in any case, in reverse order. */
  atEnd(what: string, undo: (signal: AbortSignal) => Promise<void>): void;
}

/** A step failed, and the error was printed. */
class StepFailed extends Error {}

/** Something differs from what was expected. */
export class Mismatch extends Error {}

/** Maximum number of seconds for each cleanup. */
const undoTimeout = 60;

/** Runs a check and its cleanup, even after a failure or Ctrl-C. Resolves to the exit code. */
export async function runSteps(terminal: Terminal, check: (steps: Steps) => Promise<void>): Promise<number> {
  const ends: { what: string; undo: (signal: AbortSignal) => Promise<void> }[] = [];
  let [passed, failed] = [0, 0];
  let interrupted = false;

  async function step<T>(what: string, act: () => Promise<T>, detail?: (result: T) => string): Promise<T> {
    const started = performance.now();
    terminal.draft(`        ${what} ...`);
    const took = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    try {
      const result = await act();
      const more = detail?.(result);
      terminal.print(`ok      ${what}${more ? `: ${more}` : ''} (${took()})`);
      passed++;
      return result;
    } catch (error) {
      terminal.print(`failed  ${what} (${took()})`);
      if (error instanceof Interrupted) interrupted = true;
      for (const line of inWords(error).split('\n')) terminal.print(`        ${line}`);
      failed++;
      throw new StepFailed(what, { cause: error });
    }
  }

  async function carryOut(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
    }
  }

  try {
    await carryOut(() =>
      check({
        step,
        async attempt(what, act, detail) {
          try {
            return await step(what, act, detail);
          } catch (error) {
            if (interrupted || !(error instanceof StepFailed)) throw error;
            return undefined;
          }
        },
        async part(act) {
          try {
            await act();
          } catch (error) {
            if (interrupted || !(error instanceof StepFailed)) throw error;
          }
        },
        atEnd: (what, undo) => void ends.push({ what, undo }),
      }),
    );
  } finally {
    for (const { what, undo } of ends.reverse()) {
      // Not the signal of the check: cleanup also runs after Ctrl-C.
      const { signal, stop } = startDeadline(what, undoTimeout, []);
      await carryOut(() => step(what, () => undo(signal)));
      stop();
    }
  }
  terminal.print(`${passed} ok, ${failed} failed`);
  return interrupted ? 130 : failed > 0 ? 1 : 0;
}
