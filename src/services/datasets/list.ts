import type { Init } from '../../core/codec/message.ts';
import { checkCall } from '../../core/options/check.ts';
import { type Field, limit } from '../../core/options/field.ts';
import { messageField } from '../../core/options/message.ts';
import type { Fields } from '../../core/options/shape.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { type ApiDataset, type ApiListDatasetsRequest, listDatasets } from './generated/index.ts';

export interface ListDatasetsOptions extends CallOptions {
  /** The most datasets to list; default all. */
  limit?: number | undefined;
}

export type DatasetFilter = Omit<Init<ApiListDatasetsRequest>, 'page' | 'pageToken'>;

const filterField = (): Field<DatasetFilter> => messageField(listDatasets.request, ['page', 'pageToken']);
const listFields = (): Fields<ListDatasetsOptions> => ({ ...callFields(), limit: limit() });

/**
 * The datasets that fit `filter` (fields of `ApiListDatasetsRequest`), over all pages; those of one's own by
 * `{ group: 'DATASET_SELECTION_GROUP_MY' }`. Throws `ApiError` as the server answers.
 */
export function list(
  client: KaggleClient,
  filter: DatasetFilter = {},
  options: ListDatasetsOptions = {},
): Paginated<ApiDataset> {
  const { limit: most, ...callOptions } = { ...options };
  return paginate(
    async (pageToken) => {
      const request = { ...filter, ...(pageToken && { pageToken }) };
      const { datasets, nextPageToken } = await client.call(listDatasets, request, callOptions);
      return { items: datasets, nextPageToken };
    },
    {
      limit: most,
      check: () =>
        checkCall('datasets.list', client, { filter, options }, { filter: filterField, options: listFields }),
    },
  );
}
