import { sha256 } from '../../../core/hash/digest.ts';
import type { Platform } from '../../../core/platform.ts';
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

async function upload(
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

/** What was uploaded, by what it contains. Clients of one platform share it, such as the paced forms of a client. */
const uploads = new WeakMap<Platform, Map<string, CodeDataset>>();

const uploadsOf = ({ platform }: KaggleClient): Map<string, CodeDataset> => {
  const known = uploads.get(platform) ?? new Map<string, CodeDataset>();
  uploads.set(platform, known);
  return known;
};

/**
 * Uploads the files of a job as a private dataset, or as a new version of it, and waits until it can be mounted. Files that this
 * process has uploaded before for the same kernel are not uploaded again: a sweep pushes them once per input.
 */
export async function uploadCode(
  client: KaggleClient,
  owner: string,
  kernelSlug: string,
  files: readonly JobFile[],
  options: TransferOptions,
): Promise<CodeDataset> {
  const hashes = files.map(async ({ name, bytes }) => [name, await sha256(bytes as Uint8Array<ArrayBuffer>)]);
  const content = JSON.stringify([client.baseUrl, owner, kernelSlug, ...(await Promise.all(hashes))]);
  const known = uploadsOf(client);
  const code = known.get(content) ?? (await upload(client, owner, kernelSlug, files, options));
  known.set(content, code);
  return code;
}

/** Forgets an upload that Kaggle does not accept as a source, for example because it was deleted. */
export function forgetCode(client: KaggleClient, code: CodeDataset): void {
  const known = uploadsOf(client);
  for (const [content, one] of known) if (one === code) known.delete(content);
}
