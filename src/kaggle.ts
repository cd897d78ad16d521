import { type Bound, bind } from './core/rpc/bind.ts';
import type { KaggleClient } from './core/rpc/client.ts';
import * as datasets from './services/datasets/index.ts';
import * as kernels from './services/kernels/index.ts';

/** All verbs bound to one client: for scripts, where bundle size does not count. */
export interface Kaggle {
  readonly client: KaggleClient;
  readonly datasets: Bound<typeof datasets> & Pick<typeof datasets, 'fromMetadata'>;
  readonly kernels: Bound<typeof kernels> & Pick<typeof kernels, 'fromMetadata' | 'isTerminal' | 'scriptKind'>;
}

/** Binds the verbs of every area to `client`. */
export function bindKaggle(client: KaggleClient): Kaggle {
  const { fromMetadata, isTerminal, scriptKind } = kernels;
  return {
    client,
    // What takes no client is as it is.
    datasets: { ...bind(client, datasets), fromMetadata: datasets.fromMetadata },
    kernels: { ...bind(client, kernels), fromMetadata, isTerminal, scriptKind },
  };
}
