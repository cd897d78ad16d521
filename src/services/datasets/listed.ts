import { listTar } from '../../core/archive/tar/list.ts';
import { remoteZip } from '../../core/archive/zip/remote-zip.ts';
import { isReplayable } from '../../core/bytes/sources.ts';
import { NotFoundError, PermissionError } from '../../core/errors.ts';
import type { ByteSource } from '../../core/platform.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { listFiles } from './list-files.ts';
import type { DatasetHandle } from './ref.ts';

/** A file in a listing, by its base name. */
export interface ListedFile {
  readonly name: string;
  /** Bytes; `undefined` if the size does not matter. */
  readonly size: number | undefined;
}

/** An uploaded file, and the files that may be listed in its place: the likeliest first. */
export interface SentFile {
  readonly name: string;
  readonly forms: readonly (readonly ListedFile[])[];
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1).normalize('NFC');

/** A file that Kaggle stores unchanged. */
export function plainFile(name: string, size?: number): SentFile {
  return { name, forms: [[{ name: baseOf(name), size }]] };
}

const isGzip = (name: string): boolean => /\.gz$/i.test(name) && !isTarball(name);
const isTarball = (name: string): boolean => /\.(tgz|tar\.gz)$/i.test(name);
const isArchive = (name: string): boolean => /\.(zip|tar)$/i.test(name) || isTarball(name);

/** How Kaggle treats archives in archives, and files that some systems add, is unknown. */
const isUncertain = (name: string): boolean =>
  isArchive(name) || isGzip(name) || /(^|\/)(__MACOSX\/|\.DS_Store$)/.test(name);

/** An open file to upload. */
interface Sent {
  readonly name: string;
  readonly source: ByteSource;
}

/** The files in an archive; `undefined` if it cannot be read: Kaggle then stores it unchanged. */
async function entriesOf(client: KaggleClient, { name, source }: Sent) {
  if (!isArchive(name) || !isReplayable(source)) return undefined;
  const file = baseOf(name);
  const read = /\.zip$/i.test(name)
    ? remoteZip(client, source, { file }).then(({ entries }) => entries)
    : listTar(file, source);
  return read.catch(() => undefined);
}

/** Unpacked size of a gzip file in bytes; `undefined` if it is invalid. */
async function unpackedSize({ name, source }: Sent): Promise<number | undefined> {
  if (!isGzip(name) || !isReplayable(source)) return undefined;
  const packed = (await source.slice(0, source.size)) as ReadableStream<BufferSource>;
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  let size = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) size += step.value.length;
    return size;
  } catch {
    return undefined;
  }
}

/**
 * A file with everything it may become, by name and size. Kaggle unpacks zip and tar into files, and a single gzip file in
 * place (`x.nii.gz` becomes `x.nii`); for tar.gz both were reported. Reads compressed files completely.
 */
export async function sentFile(client: KaggleClient, sent: Sent): Promise<SentFile> {
  const { name, source } = sent;
  const itself = [{ name: baseOf(name), size: source.size }];
  const content = await entriesOf(client, sent);
  if (content)
    return { name, forms: [content.map((entry) => ({ name: baseOf(entry.name), size: entry.size })), itself] };
  const size = await unpackedSize(sent);
  if (size === undefined) return { name, forms: [itself] };
  return { name, forms: [[{ name: baseOf(name).replace(/\.gz$/i, ''), size }], itself] };
}

/** Like `sentFile`, but without what is uncertain or needs a complete read. */
export async function sentNames(client: KaggleClient, sent: Sent): Promise<SentFile> {
  const { name, source } = sent;
  const bare = (file: string, size?: number) => ({ name: baseOf(file), size });
  if (isGzip(name)) return { name, forms: [[bare(name.replace(/\.gz$/i, ''))], [bare(name, source.size)]] };
  if (isTarball(name) || (isArchive(name) && !isReplayable(source))) return { name, forms: [[]] };
  const content = await entriesOf(client, sent);
  const files = content?.filter((entry) => !isUncertain(entry.name)).map((entry) => bare(entry.name, entry.size));
  return { name, forms: [...(files ? [files] : []), [bare(name, source.size)]] };
}

/** Counts equal lines. */
function count(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Uploaded files of which no form is listed, and listed files that were not uploaded. */
export function compareListing(
  sent: readonly SentFile[],
  listed: readonly ListedFile[],
  by: 'name' | 'size',
): { missing: string[]; extra: string[] } {
  const lineOf = ({ name, size }: ListedFile) => (by === 'name' ? name : `${name} (${size} bytes)`);
  const left = count(listed.map(lineOf));
  const take = (form: readonly string[]): boolean => {
    for (const [line, times] of count(form)) if ((left.get(line) ?? 0) < times) return false;
    for (const line of form) left.set(line, left.get(line)! - 1);
    return true;
  };
  const missing = sent.filter(({ forms }) => !forms.some((form) => take(form.map(lineOf)))).map(({ name }) => name);
  return { missing, extra: [...left].filter(([, times]) => times > 0).map(([line]) => line) };
}

/** More files than this are not compared: each page of the listing is a request. */
const maxCompared = 10_000;

/** The files of a version, page by page, in the form in which they are compared. */
export async function* listedPages(
  client: KaggleClient,
  handle: DatasetHandle,
  signal: AbortSignal,
  limit?: number,
): AsyncGenerator<ListedFile[]> {
  for await (const { items } of listFiles(client, handle, { pageSize: 500, limit, signal }).pages())
    yield items.map(({ name, totalBytes }) => ({ name: baseOf(name ?? ''), size: Number(totalBytes ?? 0) }));
}

/** Whether there is something to compare, and not too much. */
function isComparable(sent: readonly SentFile[]): boolean {
  const sum = sent.reduce((files, { forms }) => files + (forms[0]?.length ?? 0), 0);
  return sum > 0 && sum <= maxCompared;
}

/**
 * Returns a function that finds uploaded files that a version does not list; `undefined` if there is nothing to compare.
 */
export function missingFiles(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  sent: readonly SentFile[],
): ((version: number, signal: AbortSignal) => Promise<readonly string[]>) | undefined {
  if (!isComparable(sent)) return undefined;
  return async (version, signal) => {
    const listed: ListedFile[] = [];
    for await (const page of listedPages(client, { owner, slug, version }, signal)) {
      listed.push(...page);
      if (compareListing(sent, listed, 'name').missing.length === 0) return [];
    }
    return compareListing(sent, listed, 'name').missing;
  };
}

/** Those of the versions that list all files, by name and, if known, by size. */
export async function versionsWith(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  sent: readonly SentFile[],
  versions: readonly number[],
  signal: AbortSignal,
): Promise<number[]> {
  if (!isComparable(sent)) return [...versions];
  const sized = sent.filter(({ forms }) => forms.every((form) => form.every(({ size }) => size !== undefined)));
  const found: number[] = [];
  for (const version of versions) {
    const listed: ListedFile[] = [];
    try {
      for await (const page of listedPages(client, { owner, slug, version }, signal)) listed.push(...page);
    } catch (error) {
      // Not readable yet.
      if (!(error instanceof NotFoundError || error instanceof PermissionError)) throw error;
      continue;
    }
    const names = compareListing(sent, listed, 'name').missing;
    if (names.length === 0 && compareListing(sized, listed, 'size').missing.length === 0) found.push(version);
  }
  return found;
}
