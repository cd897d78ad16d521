import type { Init } from '../../core/codec/message.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { listKernels } from './generated/methods.ts';
import type { ApiKernelMetadata, ApiListKernelsRequest } from './generated/types.ts';

export interface ListOptions extends CallOptions {
  /** The most kernels to list; default all. */
  limit?: number;
}

/** The kernels that fit `filter` (fields of `ApiListKernelsRequest`), over all pages. Throws `ApiError` as the server answers. */
export function list(
  client: KaggleClient,
  filter: Omit<Init<ApiListKernelsRequest>, 'page' | 'pageToken'> = {},
  { limit, ...options }: ListOptions = {},
): Paginated<ApiKernelMetadata> {
  return paginate(
    async (pageToken) => {
      const request = { ...filter, ...(pageToken && { pageToken }) };
      const { kernels, nextPageToken } = await client.call(listKernels, request, options);
      return { items: kernels, nextPageToken };
    },
    { limit },
  );
}
