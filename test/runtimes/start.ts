import type { CaseResult } from '../conformance/context.ts';
import type { Settings } from './make-context.ts';
import { type RuntimeFolder, type RuntimeName, runtimes } from './names.ts';

/** The scripts of one conformance run, by the folder of their runtime. */
export type Bundles = Readonly<Record<RuntimeFolder, string>>;

/** Runs all rounds on one runtime; each result is handed over as it comes. Rejects when the runtime itself fails. */
export type Start = (
  rounds: readonly Settings[],
  bundles: Bundles,
  onResult: (result: CaseResult) => void,
) => Promise<void>;

/** How a runtime is started; loaded when needed, because a browser is heavy to import. */
export async function starterOf(name: RuntimeName): Promise<Start> {
  const { start } = (await import(`./${runtimes[name].folder}/start.ts`)) as { start: Start };
  return start;
}
