import type { PushRequest } from '../../kernels/index.ts';
import * as kernels from '../../kernels/index.ts';
import type { JobPlan } from '../types.ts';
import type { StepContext, StepWork } from './context.ts';

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

/**
 * Seconds to search for a push that an earlier attempt of the step may have sent: an invocation should be short. A lost response is
 * searched as long.
 */
const patience = 20;

/**
 * Sets the time of a push that an earlier step announced to now, so that `start` searches for it patiently: the step may be the
 * repetition of one that was killed after its push, and Kaggle may show a version late.
 */
async function announceAgain({ client, records }: StepContext): Promise<void> {
  for (const [key, value] of Object.entries(records.entries())) {
    const { type } = (value ?? {}) as { type?: unknown };
    if (type === 'pending') await records.set(key, { ...(value as object), at: client.clock.now(), patience });
  }
}

/** Pushes the kernel, once for a job: the id of the job is the key. */
export const push: StepWork = async (context) => {
  const { client, draft, memo, signal, onWarning, records } = context;
  try {
    await announceAgain(context);
    const job = await kernels.start(client, kernelRequest(draft.plan), {
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
