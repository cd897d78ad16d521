import { list } from 'kaggle-ts/datasets';
import { client } from './client.ts';

/** The newest datasets of the account whose name fits a search text, as `owner/slug`. */
export async function ownDatasets(search: string, signal: AbortSignal): Promise<{ ref: string; title: string }[]> {
  const filter = { group: 'DATASET_SELECTION_GROUP_MY', ...(search && { search }) } as const;
  const found = await list(client, filter, { limit: 20, signal }).all();
  return found.map(({ ref, title = ref }) => ({ ref, title }));
}
