import type { Scenario } from '../scene.ts';
import { scenarios as datasets } from './datasets.ts';
import { scenarios as downloads } from './downloads.ts';
import { scenarios as hub } from './hub.ts';
import { scenarios as kernels } from './kernels.ts';
import { scenarios as rpc } from './rpc.ts';
import { scenarios as uploads } from './uploads.ts';

/** What we do for each recorded flow, step by step. */
export const scenarios: Record<string, Scenario> = {
  ...datasets,
  ...downloads,
  ...hub,
  ...kernels,
  ...rpc,
  ...uploads,
};
