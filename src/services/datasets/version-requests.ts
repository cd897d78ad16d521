import type { placeFiles } from './directories.ts';
import type { ApiCreateDatasetRequest, ApiCreateDatasetVersionRequest } from './generated/index.ts';
import { notesWith } from './pending.ts';
import type { DatasetContent, NewDataset, NewVersion } from './types.ts';

export type Content = ReturnType<typeof placeFiles>;

/** What both calls say about the dataset, as the official clients say it. */
function details({ subtitle, description, keywords }: DatasetContent) {
  return {
    ...(subtitle && { subtitle }),
    ...(description && { description }),
    ...(keywords?.length && { categoryIds: [...keywords] }),
  };
}

/** The request of CreateDataset. */
export function newDataset(dataset: DatasetContent & NewDataset, content: Content): ApiCreateDatasetRequest {
  return {
    ownerSlug: dataset.owner,
    slug: dataset.slug,
    title: dataset.title ?? dataset.slug,
    ...(dataset.licenseName && { licenseName: dataset.licenseName }),
    isPrivate: dataset.isPrivate ?? true,
    ...content,
    ...details(dataset),
  };
}

/** The request of CreateDatasetVersion; the nonce, if there is one, goes into the notes. */
export function newVersion(
  dataset: DatasetContent & NewVersion,
  content: Content,
  nonce: string | undefined,
): ApiCreateDatasetVersionRequest {
  const { owner, slug, notes, deleteOldVersions } = dataset;
  return {
    ownerSlug: owner,
    datasetSlug: slug,
    body: {
      versionNotes: notesWith(notes ?? '', nonce),
      deleteOldVersions: deleteOldVersions ?? false,
      ...content,
      ...details(dataset),
    },
  };
}
