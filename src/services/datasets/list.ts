import type { Init } from '../../core/codec/message.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { type ApiDataset, type ApiListDatasetsRequest, listDatasets } from './generated/index.ts';

export interface ListDatasetsOptions extends CallOptions {
  /** The most datasets to list; default all. */
  limit?: number;
}

/**
 * The datasets that fit `filter` (fields of `ApiListDatasetsRequest`), over all pages; those of one's own by
 * `{ group: 'DATASET_SELECTION_GROUP_MY' }`. Throws `ApiError` as the server answers.
 */
export function list(
  client: KaggleClient,
  filter: Omit<Init<ApiListDatasetsRequest>, 'page' | 'pageToken'> = {},
  { limit, ...options }: ListDatasetsOptions = {},
): Paginated<ApiDataset> {
  return paginate(
    async (pageToken) => {
      const request = { ...filter, ...(pageToken && { pageToken }) };
      const { datasets, nextPageToken } = await client.call(listDatasets, request, options);
      return { items: datasets, nextPageToken };
    },
    { limit },
  );
}
