import { coldStart } from './cold-start.ts';
import { dashboard } from './dashboard.ts';
import { download1g } from './download-1g.ts';
import { download1gCapped } from './download-1g-capped.ts';
import { jobSteps } from './job-steps.ts';
import { memory4g } from './memory-4g.ts';
import { outputs200 } from './outputs-200.ts';
import { rpc } from './rpc.ts';
import type { Scenario } from './scenario.ts';
import { unzip512m } from './unzip-512m.ts';
import { upload1g } from './upload-1g.ts';
import { upload1gLatency } from './upload-1g-latency.ts';
import { upload4Capped } from './upload-4-capped.ts';
import { upload200 } from './upload-200.ts';
import { workerStart } from './worker-start.ts';
import { workerd } from './workerd.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  rpc,
  coldStart,
  workerStart,
  upload1g,
  upload1gLatency,
  upload200,
  upload4Capped,
  download1g,
  download1gCapped,
  outputs200,
  unzip512m,
  memory4g,
  workerd,
  jobSteps,
  dashboard,
];
