import type { TransferOptions } from '../../../core/progress.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { createOrVersion } from '../../datasets/index.ts';
import type { JobFile } from './job-files.ts';

/** The dataset with the files of a job. */
export interface CodeDataset {
  /** `owner/slug/version`, for `datasetDataSources`. */
  source: string;
  /** Folders where Kaggle may mount it. */
  mounts: string[];
}

/** Slug of that dataset: `<slug>-code`, within 50 characters. */
export function codeDatasetSlug(kernelSlug: string): string {
  return `${kernelSlug.toLowerCase().slice(0, 45).replace(/-+$/, '')}-code`;
}

/** Uploads the files of a job as a private dataset, or as a new version of it, and waits until it can be mounted. */
export async function uploadCode(
  client: KaggleClient,
  owner: string,
  kernelSlug: string,
  files: readonly JobFile[],
  options: TransferOptions,
): Promise<CodeDataset> {
  const slug = codeDatasetSlug(kernelSlug);
  const dataset = await createOrVersion(
    client,
    {
      owner,
      slug,
      title: slug,
      files: files.map(({ name, bytes }) => ({ name, data: bytes })),
      isPrivate: true,
      notes: `Files of the kernel ${kernelSlug}`,
    },
    options,
  );
  const { versionNumber } = await dataset.ready({ signal: options.signal });
  return {
    source: `${dataset.ref}/${versionNumber}`,
    mounts: [`/kaggle/input/datasets/${owner}/${slug}`, `/kaggle/input/${slug}`],
  };
}
