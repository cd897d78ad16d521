import { coldStart } from './cold-start.ts';
import { rpc } from './rpc.ts';
import type { Scenario } from './scenario.ts';
import { workerStart } from './worker-start.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [rpc, coldStart, workerStart];
