import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Steps } from '../steps.ts';
import type { Terminal } from '../terminal.ts';
import type { Facts, Stage } from './question.ts';

/** What the steps of a check use. */
export interface Check extends Steps {
  readonly client: KaggleClient;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Maximum number of seconds to wait for a version or a run. */
  readonly timeout: number;
  /** Answers the questions of a stage, in a check with questions. */
  askQuestions(stage: Stage, facts?: Partial<Facts>): Promise<void>;
}

/** A check without questions. */
export function plainCheck(check: Omit<Check, 'askQuestions'>): Check {
  return { ...check, async askQuestions() {} };
}
