import { KaggleError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { limit as limitField, signal as signalField, whole } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { type ApiDatasetFile, listDatasetFiles } from './generated/index.ts';
import { type DatasetRef, datasetField, parseDatasetRef } from './ref.ts';

/** Options of `listFiles`. */
export interface ListFilesOptions {
  /**
   * Maximum number of files to return.
   * @default Infinity
   */
  limit?: number | undefined;
  /**
   * Files per request.
   * @default 200
   */
  pageSize?: number | undefined;
  /** Aborts the iteration; it then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

const listFilesFields = (): Fields<ListFilesOptions> => ({
  limit: limitField(),
  pageSize: whole(1),
  signal: signalField(),
});

/**
 * Lists the files of a dataset version, page by page: the current version unless the reference has a version number.
 *
 * @returns An async iterable of files; `pages()` and `all()` return pages or an array.
 * @throws `NotFoundError` or `PermissionError` if there is no such dataset or version; the iteration throws it.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { listFiles } from 'kaggle-ts/datasets';
 *
 * for await (const { name, totalBytes } of listFiles(createClient(), 'alice/my-points/3')) console.log(name, totalBytes);
 * ```
 */
export function listFiles(
  client: KaggleClient,
  dataset: DatasetRef,
  options: ListFilesOptions = {},
): Paginated<ApiDatasetFile> {
  const { limit, pageSize = 200, signal } = { ...options };
  return paginate(
    async (pageToken) => {
      const { owner, slug, version } = parseDatasetRef(dataset);
      const answer = await client.call(
        listDatasetFiles,
        {
          ownerSlug: owner,
          datasetSlug: slug,
          ...(version !== undefined && { datasetVersionNumber: version }),
          pageSize,
          pageToken,
        },
        { signal },
      );
      if (answer.errorMessage)
        throw new KaggleError(`cannot list the files of ${owner}/${slug}: ${answer.errorMessage}`);
      return { items: answer.datasetFiles, nextPageToken: answer.nextPageToken };
    },
    {
      limit,
      check() {
        checkCall(
          'datasets.listFiles',
          client,
          { dataset, options },
          { dataset: datasetField, options: listFilesFields },
        );
      },
    },
  );
}
