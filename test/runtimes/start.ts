import type { CaseResult, RuntimeName } from '../conformance/context.ts';
import type { Settings } from './make-context.ts';

/** Scripts of one conformance run, each bundled against the installed package. */
export interface Bundles {
  /** For Node, Deno and Bun: the package itself is left to be resolved by the runtime. */
  server: Record<'node' | 'deno' | 'bun', string>;
  /** Whole: a Worker and a page have no modules folder. */
  workerd: string;
  chromium: string;
}

/** Runs all rounds on one runtime; each result is handed over as it comes. Rejects when the runtime itself fails. */
export type Start = (
  rounds: readonly Settings[],
  bundles: Bundles,
  onResult: (result: CaseResult) => void,
) => Promise<void>;

export const runtimeNames: readonly RuntimeName[] = ['node22', 'node24', 'node', 'deno', 'bun', 'workerd', 'chromium'];

/** How each runtime is started; loaded when needed, because a browser is heavy to import. */
export async function starterOf(name: RuntimeName): Promise<Start> {
  if (name === 'workerd') return (await import('./workerd/start.ts')).start;
  if (name === 'chromium') return (await import('./chromium/start.ts')).start;
  if (name === 'deno') return (await import('./deno/start.ts')).start;
  if (name === 'bun') return (await import('./bun/start.ts')).start;
  return (await import('./node/start.ts')).start;
}
