import { fromKernel, get } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';
import type { Draft } from './draft.ts';
import { draftOf } from './request.ts';

/** The draft of an earlier run, `owner/slug` or `owner/slug/version`. */
export async function loadRun(run: string, signal: AbortSignal): Promise<{ draft: Draft; lost: readonly string[] }> {
  const kernel = await get(client, run, { signal });
  return draftOf(fromKernel(kernel), kernel.metadata?.title ?? '');
}
