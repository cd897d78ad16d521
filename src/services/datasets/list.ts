import type { Init } from '../../core/codec/message.ts';
import { checkCall } from '../../core/options/check.ts';
import { type Field, limit } from '../../core/options/field.ts';
import { messageField } from '../../core/options/message.ts';
import type { Fields } from '../../core/options/shape.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { type ApiDataset, type ApiListDatasetsRequest, listDatasets } from './generated/index.ts';

/** Options of `list`. */
export interface ListDatasetsOptions extends CallOptions {
  /**
   * Maximum number of datasets to return.
   * @default Infinity
   */
  limit?: number | undefined;
}

/** Search terms, owner, tags, size and order for `list`: the fields of Kaggle's ListDatasets, without those for pages. */
export type DatasetFilter = Omit<Init<ApiListDatasetsRequest>, 'page' | 'pageToken'>;

const filterField = (): Field<DatasetFilter> => messageField(listDatasets.request, ['page', 'pageToken']);
const listFields = (): Fields<ListDatasetsOptions> => ({ ...callFields(), limit: limit() });

/**
 * Lists datasets, page by page.
 *
 * @param filter - Selects and sorts datasets; the fields are those of Kaggle's ListDatasets. Without a filter: all public ones.
 * @returns An async iterable of datasets; `pages()` and `all()` return pages or an array.
 * @throws `ApiError` if the server rejects a request; the iteration throws it.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { list } from 'kaggle-ts/datasets';
 *
 * const mine = list(createClient(), { group: 'DATASET_SELECTION_GROUP_MY' }, { limit: 20 });
 * for await (const { ref, totalBytes } of mine) console.log(ref, totalBytes);
 * ```
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
