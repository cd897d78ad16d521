import { type Bound, bind } from './core/rpc/bind.ts';
import type { KaggleClient } from './core/rpc/client.ts';
import * as datasets from './services/datasets/index.ts';
import * as kernels from './services/kernels/index.ts';

/** All verbs bound to one client: for scripts, where bundle size does not count. */
export interface Kaggle {
  readonly client: KaggleClient;
  readonly datasets: Bound<typeof datasets>;
  readonly kernels: Bound<typeof kernels>;
}

/** Binds the verbs of every area to `client`. */
export function bindKaggle(client: KaggleClient): Kaggle {
  return { client, datasets: bind(client, datasets), kernels: bind(client, kernels) };
}
