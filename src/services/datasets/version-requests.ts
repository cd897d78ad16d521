import { placeFiles, type StoredFile } from '../versions/index.ts';
import type { ApiCreateDatasetRequest, ApiCreateDatasetVersionRequest } from './generated/index.ts';
import { detailsOf } from './open-files.ts';
import type { DatasetContent, NewDataset, NewVersion } from './types.ts';

/** The files in their folders, with their details. */
function content(files: readonly StoredFile[]) {
  return placeFiles(files.map(({ name, token, input }) => ({ name, file: { token, ...detailsOf(input) } })));
}

/** What both calls say about the dataset, in the form of the official clients. */
function details({ subtitle, description, keywords }: DatasetContent) {
  return {
    ...(subtitle && { subtitle }),
    ...(description && { description }),
    ...(keywords?.length && { categoryIds: [...keywords] }),
  };
}

/** The request of CreateDataset. */
export function newDataset(
  dataset: DatasetContent & NewDataset,
  files: readonly StoredFile[],
): ApiCreateDatasetRequest {
  return {
    ownerSlug: dataset.owner,
    slug: dataset.slug,
    title: dataset.title ?? dataset.slug,
    ...(dataset.licenseName && { licenseName: dataset.licenseName }),
    isPrivate: dataset.isPrivate ?? true,
    ...content(files),
    ...details(dataset),
  };
}

/** The request of CreateDatasetVersion. */
export function newVersion(
  dataset: DatasetContent & NewVersion,
  files: readonly StoredFile[],
  versionNotes: string,
): ApiCreateDatasetVersionRequest {
  const { owner, slug, deleteOldVersions } = dataset;
  return {
    ownerSlug: owner,
    datasetSlug: slug,
    body: {
      versionNotes,
      deleteOldVersions: deleteOldVersions ?? false,
      ...content(files),
      ...details(dataset),
    },
  };
}
