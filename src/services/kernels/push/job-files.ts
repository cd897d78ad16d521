import { MissingCapabilityError, ValidationError } from '../../../core/errors.ts';
import { isUrl, pathOf } from '../../../core/file-path.ts';
import { field, isRecord } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { checkNames } from '../../../core/transfer/names.ts';

/** One file of a job. */
export interface JobFile {
  /** Relative, with `/`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a job's files come from: a folder of the platform, or a record of texts and bytes by relative name. */
export interface JobFolder {
  /** The path of a folder, or its `file:` address. */
  folder?: string | URL | undefined;
  /** The files by their names in the job, such as `lib/model.py`; text or bytes. In place of `folder`. */
  files?: Readonly<Record<string, string | Uint8Array>> | undefined;
}

const isContent = (value: unknown): boolean =>
  typeof value === 'string' || Object.prototype.toString.call(value) === '[object Uint8Array]';

export const jobFolderFields = (): Fields<JobFolder> => ({
  folder: field('the path of a folder', (value) => (typeof value === 'string' && value !== '') || isUrl(value)),
  files: field(
    "texts or bytes by name, such as { 'train.py': '...' }",
    (value) => isRecord(value) && Object.values(value).every(isContent),
  ),
});

const ignoredFolders = new Set(['__pycache__', 'node_modules']);

/** What is never sent with a job: hidden files and folders, caches, installed packages, compiled modules. */
export function excludedFromJob(path: string): boolean {
  const parts = path.split('/');
  return parts.some((part) => part.startsWith('.') || ignoredFolders.has(part)) || /\.py[co]$/.test(path);
}

async function readBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

async function readFolder(client: KaggleClient, given: string | URL, signal?: AbortSignal): Promise<JobFile[]> {
  const { fs, name } = client.platform;
  const folder = pathOf(given);
  if (!fs) {
    throw new MissingCapabilityError(
      `cannot read the folder "${folder}": this platform (${name}) has no file system; pass files: { 'train.py': '...' }`,
    );
  }
  const files: JobFile[] = [];
  for await (const entry of fs.walk(folder)) {
    if (entry.kind !== 'file' || excludedFromJob(entry.path)) continue;
    signal?.throwIfAborted();
    const source = await fs.source(fs.join(folder, ...entry.path.split('/')));
    try {
      files.push({ name: entry.path, bytes: await readBytes(await source.slice(0, source.size)) });
    } finally {
      await source.close?.();
    }
  }
  return files;
}

/**
 * The files of a job, sorted by name, without those that are never sent (`excludedFromJob`). Throws `MissingCapabilityError` for
 * a folder where there is no file system, `TransferError` for one that cannot be read, `ValidationError` for bad names.
 */
export async function collectJobFiles(
  client: KaggleClient,
  { folder, files }: JobFolder,
  signal?: AbortSignal,
): Promise<JobFile[]> {
  if (folder !== undefined && files !== undefined)
    throw new ValidationError('kernels.push: expected folder or files, got both; pass one of them');
  const found =
    folder !== undefined
      ? await readFolder(client, folder, signal)
      : Object.entries(files ?? {}).map(([name, data]) => ({
          name,
          bytes: typeof data === 'string' ? new TextEncoder().encode(data) : data,
        }));
  checkNames(found.map((file) => file.name));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
