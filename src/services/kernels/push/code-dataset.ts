import type { TransferOptions } from '../../../core/progress.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { createOrVersion } from '../../datasets/index.ts';
import type { JobFile } from './job-files.ts';

/** Where a job's files are once they are a dataset. */
export interface CodeDataset {
  /** `owner/slug/version`, for `datasetDataSources`. */
  source: string;
  /** Folders where Kaggle may mount it. */
  mounts: string[];
}

/** The slug of the dataset with the files of a kernel: `<slug>-code`, cut to Kaggle's 50 characters. */
export function codeDatasetSlug(kernelSlug: string): string {
  return `${kernelSlug.toLowerCase().slice(0, 45).replace(/-+$/, '')}-code`;
}

/** Makes a private dataset of the files of a job, or a new version of it, and waits until it can be mounted. */
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
