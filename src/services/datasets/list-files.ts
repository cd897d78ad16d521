import { KaggleError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { limit as limitField, signal as signalField, whole } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../core/rpc/paginate.ts';
import { type ApiDatasetFile, listDatasetFiles } from './generated/index.ts';
import { type DatasetRef, datasetField, parseDatasetRef } from './ref.ts';

export interface ListFilesOptions {
  /** The most files to hand out; default no limit. */
  limit?: number | undefined;
  /** Files a page; default 200. */
  pageSize?: number | undefined;
  signal?: AbortSignal | undefined;
}

const listFilesFields = (): Fields<ListFilesOptions> => ({
  limit: limitField(),
  pageSize: whole(1),
  signal: signalField(),
});

/** The files of a dataset version (the current one unless the reference has a number), page by page. */
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
