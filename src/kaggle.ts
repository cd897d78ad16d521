import { bind } from './core/rpc/bind.ts';
import type { KaggleClient } from './core/rpc/client.ts';
import type { KaggleDatasets } from './generated/datasets.ts';
import type { KaggleKernels } from './generated/kernels.ts';
import * as datasets from './services/datasets/index.ts';
import * as kernels from './services/kernels/index.ts';

/** All functions bound to one client, for scripts. A bundle that imports it contains every function. */
export interface Kaggle {
  /** The client that the functions use. */
  readonly client: KaggleClient;
  /** The functions of `kaggle-ts/datasets`. */
  readonly datasets: KaggleDatasets;
  /** The functions of `kaggle-ts/kernels`. */
  readonly kernels: KaggleKernels;
}

/** Binds the functions of every area to `client`. */
export function bindKaggle(client: KaggleClient): Kaggle {
  return { client, datasets: bind<KaggleDatasets>(client, datasets), kernels: bind<KaggleKernels>(client, kernels) };
}
