import { coldStart } from './cold-start.ts';
import { download1g } from './download-1g.ts';
import { rpc } from './rpc.ts';
import type { Scenario } from './scenario.ts';
import { upload1g } from './upload-1g.ts';
import { workerStart } from './worker-start.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [rpc, coldStart, workerStart, upload1g, download1g];
