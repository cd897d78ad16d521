import { type ApiKernelMetadata, list } from 'kaggle-ts/kernels';
import { account } from './account.ts';
import { client } from './client.ts';

/** The newest runs of the account: one request. */
export async function newestRuns(limit = 50): Promise<ApiKernelMetadata[]> {
  return list(client, { user: await account(), sortBy: 'DATE_RUN' }, { limit }).all();
}
