import type { Init } from '../../core/codec/message.ts';
import { checkCall } from '../../core/options/check.ts';
import { type Field, limit } from '../../core/options/field.ts';
import { messageField } from '../../core/options/message.ts';
import type { Fields } from '../../core/options/shape.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { listKernels } from './generated/methods.ts';
import type { ApiKernelMetadata, ApiListKernelsRequest } from './generated/types.ts';

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /**
   * Maximum number of kernels.
   * @default no limit
   */
  limit?: number | undefined;
}

/** The fields of `ApiListKernelsRequest`, without those for pages. */
export type KernelFilter = Omit<Init<ApiListKernelsRequest>, 'page' | 'pageToken'>;

const filterField = (): Field<KernelFilter> => messageField(listKernels.request, ['page', 'pageToken']);
const listFields = (): Fields<ListOptions> => ({ ...callFields(), limit: limit() });

/**
 * Lists kernels, across all pages.
 *
 * @param filter - The fields of `ApiListKernelsRequest`, for example `{ user: 'alice', sortBy: 'DATE_RUN' }`.
 * @returns An async iterable of kernels, with `all()` and `pages()`. It sends the first request when it is iterated.
 * @throws `ApiError` if Kaggle rejects a request; the iteration throws it.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { list } from 'kaggle-ts/kernels';
 *
 * for await (const { ref, title } of list(createClient(), { user: 'alice' }, { limit: 100 })) console.log(ref, title);
 * ```
 */
export function list(
  client: KaggleClient,
  filter: KernelFilter = {},
  options: ListOptions = {},
): Paginated<ApiKernelMetadata> {
  const { limit: most, ...callOptions } = { ...options };
  return paginate(
    async (pageToken) => {
      const request = { ...filter, ...(pageToken && { pageToken }) };
      const { kernels, nextPageToken } = await client.call(listKernels, request, callOptions);
      return { items: kernels, nextPageToken };
    },
    {
      limit: most,
      check: () => checkCall('kernels.list', client, { filter, options }, { filter: filterField, options: listFields }),
    },
  );
}
