import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { PushRequest } from '../../kernels/index.ts';
import * as kernels from '../../kernels/index.ts';
import type { JobPlan } from '../types.ts';
import type { StepWork } from './context.ts';

/** Whether a source is this dataset, with or without a version. */
const isDataset = (source: string, ref: string) =>
  source.toLowerCase() === ref.toLowerCase() || source.toLowerCase().startsWith(`${ref.toLowerCase()}/`);

/** The kernel with the dataset of the job among its sources. */
export function kernelRequest({ dataset, kernel }: JobPlan): PushRequest {
  if (!dataset) return kernel;
  const ref = `${dataset.owner}/${dataset.slug}`;
  const sources = kernel.datasetDataSources ?? [];
  if (sources.some((source) => isDataset(source, ref))) return kernel;
  return { ...kernel, datasetDataSources: [...sources, ref] };
}

/** Milliseconds for which a push is searched that an earlier attempt of the same step may have sent. */
const patience = 20_000;

/** Milliseconds for which `start` searches. */
const searched = 120_000;

/**
 * A store in which a push that was announced may have been sent just now: the step may be the repetition of one that was killed after
 * its push, and Kaggle may show a version late.
 */
function sentJustNow(client: KaggleClient): KaggleClient {
  const state = client.platform.state!;
  return {
    ...client,
    platform: {
      ...client.platform,
      state: {
        ...state,
        async get(key) {
          const value = await state.get(key);
          const isPending = (value as { type?: unknown } | undefined)?.type === 'pending';
          return isPending ? { ...(value as object), at: client.clock.now() - (searched - patience) } : value;
        },
      },
    },
  };
}

/** Pushes the kernel, once for a job: the id of the job is the key. */
export const push: StepWork = async ({ client, draft, memo, signal, onWarning, records }) => {
  try {
    const job = await kernels.start(sentJustNow(client), kernelRequest(draft.plan), {
      key: draft.id,
      signal,
      ...(onWarning && { onWarning }),
    });
    const { id, ref, versionNumber, url } = job;
    draft.run = { id, ref, versionNumber, url };
    draft.step = 'running';
  } finally {
    if (draft.run) delete memo.records;
    else memo.records = records.entries();
  }
  return undefined;
};
