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

/** Pushes the kernel, once for a job: the id of the job is the key. */
export const push: StepWork = async ({ client, draft, memo, signal, onWarning, records, stop }) => {
  try {
    const job = await kernels.start(client, kernelRequest(draft.plan), {
      key: draft.id,
      signal,
      ...(onWarning && { onWarning }),
    });
    const { id, ref, versionNumber, url } = job;
    draft.run = { id, ref, versionNumber, url };
    draft.step = 'running';
  } finally {
    if (draft.run || !stop.reason) delete memo.records;
    else memo.records = records.entries();
  }
  return undefined;
};
