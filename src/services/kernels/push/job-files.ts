import { MissingCapabilityError, ValidationError } from '../../../core/errors.ts';
import { isUrl, pathOf } from '../../../core/file-path.ts';
import { field, record } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { FileSystem } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { checkNames } from '../../../core/transfer/names.ts';

/** A file of a job. */
export interface JobFile {
  /** Relative path, with `/`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of a job: a folder, or their contents by relative path. */
export interface JobFolder {
  /** Path or `file:` URL of the folder. Hidden files, `__pycache__`, `node_modules` and `*.pyc` are not sent. */
  folder?: string | URL | undefined;
  /** Contents by relative path, in place of `folder`, for example `{ 'train.py': 'print(1)' }`. */
  files?: Readonly<Record<string, string | Uint8Array>> | undefined;
}

const isContent = (value: unknown): boolean =>
  typeof value === 'string' || Object.prototype.toString.call(value) === '[object Uint8Array]';

export const jobFolderFields = (): Fields<JobFolder> => ({
  folder: field('the path of a folder', (value) => (typeof value === 'string' && value !== '') || isUrl(value)),
  files: record(
    "strings or Uint8Arrays by file name, such as { 'train.py': '...' }",
    field<string | Uint8Array>('a string or a Uint8Array', isContent),
  ),
});

const ignoredFolders = new Set(['__pycache__', 'node_modules']);

/** Whether a file is never sent: hidden files and folders, caches, installed packages, compiled modules. */
export function excludedFromJob(path: string): boolean {
  const parts = path.split('/');
  return parts.some((part) => part.startsWith('.') || ignoredFolders.has(part)) || /\.py[co]$/.test(path);
}

/** The content of a file. */
export async function readBytes(fs: FileSystem, path: string): Promise<Uint8Array> {
  const source = await fs.source(path);
  try {
    const stream = (await source.slice(0, source.size)) as ReadableStream<Uint8Array<ArrayBuffer>>;
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } finally {
    await source.close?.();
  }
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
    files.push({ name: entry.path, bytes: await readBytes(fs, fs.join(folder, ...entry.path.split('/'))) });
  }
  return files;
}

/**
 * Reads the files of a job, sorted by name. Throws `MissingCapabilityError` for a folder on a platform without a file system,
 * `TransferError` if it cannot be read, `ValidationError` for invalid names.
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
