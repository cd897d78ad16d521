import { fileSource } from '../bytes/file-source.ts';
import { bytesSource, streamSource } from '../bytes/sources.ts';
import { MissingCapabilityError, TransferError, ValidationError } from '../errors.ts';
import { isUrl, type PathLike, pathOf } from '../file-path.ts';
import { type AnyField, any, date, type Field, field, flag, isRecord, shown, text } from '../options/field.ts';
import { byInput, shape } from '../options/shape.ts';
import type { ByteSource, FileEntry, Platform } from '../platform.ts';
import { checkLengths, checkNames } from './names.ts';

/** Content of a file: bytes, a string (sent as UTF-8), a stream of known size, a response, or a `ByteSource`. */
export type FileData = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array> | Response | ByteSource | string;

/** Content under a name. */
export interface NamedFile {
  /** Name in the dataset; may have folders, such as `a/b.csv`. */
  name: string;
  /** The content. */
  data: FileData;
  /** Bytes. Required for a stream, and for a response without Content-Length. */
  size?: number | undefined;
  /**
   * Modification time.
   * @default that of a `File` or response, else none
   */
  lastModified?: Date | undefined;
}

/** A file or folder of the file system under another name. The files of a folder get the prefix `name/`. */
export interface FileAtPath {
  /** Path or `file:` URL. */
  path: PathLike;
  /**
   * Name in the dataset; for a folder, the prefix of its files.
   * @default the base name of a file; no prefix for a folder
   */
  name?: string | undefined;
}

/** A file to upload: a path or `file:` URL of a file or folder, a `File`, or content with a name. */
export type FileInput = PathLike | Blob | Response | ByteSource | NamedFile | FileAtPath;

/** An open input. */
export interface OpenedFile<Input = FileInput> {
  /** Name in the dataset, with `/` between folders. */
  name: string;
  source: ByteSource;
  /** The source's `identity` when it was opened. */
  identity: string | undefined;
  /** The input it came from. */
  input: Input;
}

/** What a browser's file may have besides its content. It has no effect. */
function originFields(): Readonly<Record<string, AnyField>> {
  const handle = field('a FileSystemHandle', (value) => typeof (value as FileSystemHandle | null)?.kind === 'string');
  return { handle, folder: handle, changed: flag() };
}

/** A file as verbs take it; `details` are additional members. Its content is checked when it is opened. */
export function fileField<Input>(details: Readonly<Record<string, AnyField>> = {}): Field<Input> {
  return byInput<Input>((input) => {
    // Node streams of files have a path too. Opening one fails with what to pass instead.
    if (!isRecord(input) || isSource(input) || 'pipe' in input) return any();
    if ('data' in input)
      return shape({ name: text(), data: any(), size: any(), lastModified: date(), ...originFields(), ...details });
    return 'path' in input ? shape({ path: any(), name: text(), ...details }) : any();
  });
}

// Recognized by their members: objects of another realm are not instances of our classes.
const isBlob = (value: unknown): value is Blob =>
  typeof (value as Blob)?.arrayBuffer === 'function' && 'size' in (value as Blob);
const isResponse = (value: unknown): value is Response =>
  typeof (value as Response)?.arrayBuffer === 'function' && 'headers' in (value as Response);
const isStream = (value: unknown): value is ReadableStream<Uint8Array> =>
  typeof (value as ReadableStream)?.getReader === 'function';
/** The type of a value, for messages. */
const typeName = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value === null ? value : typeof value);
  return value.constructor?.name ?? 'object';
};
const isSource = (value: unknown): value is ByteSource =>
  typeof (value as ByteSource)?.slice === 'function' && typeof (value as ByteSource).size === 'number';

/** The size of a stream. `hint` says what to do when there is none. */
function checkSize(size: unknown, name: string, hint: string): number {
  if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number;
  const why = size === undefined ? `its size is unknown; ${hint}` : `expected size in bytes, got ${shown(size)}`;
  throw new ValidationError(`cannot read "${name}": ${why}`, [{ path: 'size', message: hint }]);
}

function responseSource(response: Response, name: string, given: number | undefined, when?: Date): ByteSource {
  if (!response.ok)
    throw new ValidationError(
      `cannot read "${name}": the response is an error (HTTP ${response.status}); check response.ok first`,
    );
  if (response.bodyUsed)
    throw new ValidationError(`cannot read "${name}": the response body was already used; pass a new response`);
  const { headers, body } = response;
  // With a content encoding, Content-Length is that of the compressed form.
  const announced = headers.get('content-encoding') ? null : headers.get('content-length');
  const length = given ?? (announced === null ? (body ? undefined : 0) : Number(announced));
  const size = checkSize(length, name, 'pass { name, data, size }, as the response has no Content-Length');
  const modified = Date.parse(headers.get('last-modified') ?? '');
  const lastModified = when ?? (Number.isNaN(modified) ? undefined : new Date(modified));
  return body ? streamSource(body, name, size, lastModified) : bytesSource(new Uint8Array(0), name, lastModified);
}

function dataSource({ data, name, size, lastModified }: NamedFile): ByteSource {
  if (isResponse(data)) return responseSource(data, name, size, lastModified);
  if (isStream(data)) {
    return streamSource(data, name, checkSize(size, name, 'pass { name, data, size } with a stream'), lastModified);
  }
  let source: ByteSource;
  if (typeof data === 'string') source = bytesSource(new TextEncoder().encode(data), name, lastModified);
  else if (data instanceof Uint8Array) source = bytesSource(data, name, lastModified);
  else if (isBlob(data)) source = fileSource(data, name, lastModified);
  else if (isSource(data)) source = data;
  else if (ArrayBuffer.isView(data)) {
    const { buffer, byteOffset, byteLength } = data as ArrayBufferView;
    source = bytesSource(new Uint8Array(buffer, byteOffset, byteLength), name, lastModified);
  } else if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') {
    source = bytesSource(new Uint8Array(data as ArrayBuffer), name, lastModified);
  } else {
    const kinds = 'pass a string, bytes, a Blob, a ReadableStream with its size, a Response or a ByteSource';
    throw new ValidationError(
      `cannot read "${name}": its data has an unsupported type (${typeName(data)}); ${insteadOf(data) ?? kinds}`,
    );
  }
  if (size !== undefined && size !== source.size) {
    throw new ValidationError(
      `cannot read "${name}": expected ${size} bytes (size), got ${source.size}; correct size or omit it`,
    );
  }
  return source;
}

/** What to pass instead of a value that people often mistake for content. */
function insteadOf(data: unknown): string | undefined {
  const has = (method: string) => typeof (data as Record<string, unknown> | null)?.[method] === 'function';
  if (has('pipe')) return 'pass the path of the file, or { name, data: Readable.toWeb(stream), size }';
  if (has('then')) return 'await the promise first';
  if (has('getFile')) return 'pass await handle.getFile()';
  if (has('getFileHandle')) return 'pass await directorySources(handle)';
  if (has('createReadStream')) return 'pass the path of the file';
  if (isUrl(data)) return 'pass { path: url, name } for a file: URL, or await fetch(url)';
  return undefined;
}

function needFiles(platform: Platform, path: string): NonNullable<Platform['fs']> {
  if (platform.fs) return platform.fs;
  throw new MissingCapabilityError(
    `cannot read "${path}": the platform "${platform.name}" has no file system; pass a File or { name, data }`,
  );
}

/** Last part of a path or URL. */
function baseName(path: string): string {
  return path.replace(/[/\\]+$/, '').replace(/^.*[/\\]/s, '');
}

/** The name of an input. Throws `ValidationError` if it has none. */
function nameOf(input: Exclude<FileInput, PathLike>): string {
  const named = (input as { name?: unknown }).name;
  if (typeof named === 'string') return named;
  const path =
    (input as { path?: unknown }).path ?? (isResponse(input) && input.url ? new URL(input.url).pathname : '');
  const name = baseName(String(path));
  if (name) return name;
  const hint = insteadOf(input) ?? 'pass { name, data }';
  throw new ValidationError(`cannot upload a file without a name; ${hint}`, [{ path: 'name', message: 'is missing' }]);
}

const webHint = 'pass await fetch(url) or { name, data: await fetch(url) }';

/** The path of an input, if it has one. Throws `ValidationError` for a web URL. */
export function inputPath(input: FileInput): string | undefined {
  if (typeof input === 'string' || isUrl(input)) return pathOf(input, webHint);
  const isPlace = typeof input === 'object' && input !== null && 'path' in input && !('data' in input);
  // Node streams of files have a path too, and so do the `File`s of some file-picker libraries.
  return isPlace && !('pipe' in input) && !isBlob(input) ? pathOf(input.path, webHint) : undefined;
}

/**
 * Opens one input that is a single file. Throws `TransferError` if a path is missing, unreadable or a folder, `ValidationError` if
 * the content has an unknown size or an unsupported type, `MissingCapabilityError` for a path without a file system.
 */
export async function toSource(input: FileInput, platform: Platform): Promise<ByteSource> {
  const path = inputPath(input);
  if (path !== undefined) return needFiles(platform, path).source(path);
  if (input === null || typeof input !== 'object')
    throw new ValidationError(`expected a file to be a path or an object, got ${typeName(input)}`);
  if ('data' in input) return dataSource({ ...input, name: nameOf(input) });
  return dataSource({ name: nameOf(input as Blob), data: input as FileData });
}

/** Why an entry of a folder cannot be uploaded, and what to do. */
function whyNot({ link }: FileEntry): string {
  if (link === 'missing') return 'it is a symbolic link to a missing file; remove the link or restore its target';
  if (link === 'directory')
    return 'it is a symbolic link to a folder, and only links to files are followed; pass { path, name } for that folder';
  return 'it is not a regular file; remove it from the folder';
}

/** Opens the files of a folder, named relative to it, with `prefix`. */
async function* openFolderFiles<Input>(
  path: string,
  prefix: string,
  platform: Platform,
  skip: (name: string) => boolean,
  input: Input,
): AsyncGenerator<OpenedFile<Input>> {
  const fs = needFiles(platform, path);
  for await (const entry of fs.walk(path)) {
    if (entry.kind === 'directory' || skip(entry.path)) continue;
    const full = fs.join(path, ...entry.path.split('/'));
    if (entry.kind !== 'file') throw new TransferError(`cannot upload "${full}": ${whyNot(entry)}`, { file: full });
    const source = await fs.source(full);
    yield { name: prefix + entry.path, source, identity: await source.identity?.(), input };
  }
}

/** Closes the sources. Failures no longer matter. */
export async function closeFiles(files: readonly OpenedFile<unknown>[]): Promise<void> {
  await Promise.allSettled(files.map((file) => file.source.close?.()));
}

/**
 * Opens, names and checks all inputs, in their order, before anything is sent. Folders become their files, except those for
 * which `skip` returns `true`. Throws as `toSource` does, and `ValidationError` for names that `checkNames` or `checkLengths`
 * rejects; in that case it closes what it opened.
 */
export async function openFiles<Input extends FileInput>(
  inputs: readonly Input[],
  platform: Platform,
  skip: (name: string) => boolean = () => false,
): Promise<OpenedFile<Input>[]> {
  const files: OpenedFile<Input>[] = [];
  try {
    for (const input of inputs) {
      const path = inputPath(input);
      const given = typeof input === 'string' ? undefined : (input as { name?: string } | null)?.name;
      if (path !== undefined && (await needFiles(platform, path).stat(path))?.kind === 'directory') {
        const prefix = given ? `${given.replace(/\/+$/, '')}/` : '';
        for await (const file of openFolderFiles(path, prefix, platform, skip, input)) files.push(file);
        continue;
      }
      const source = await toSource(input, platform);
      files.push({
        name: given ?? source.name ?? baseName(path ?? ''),
        source,
        identity: await source.identity?.(),
        input,
      });
    }
    const names = files.map((file) => file.name);
    checkNames(names);
    checkLengths(names);
    return files;
  } catch (error) {
    await closeFiles(files);
    throw error;
  }
}
