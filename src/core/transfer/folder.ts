import { MissingCapabilityError } from '../errors.ts';
import { isUrl, pathOf } from '../file-path.ts';
import { type Field, field } from '../options/field.ts';
import type { ByteSink, FolderSink } from '../platform.ts';
import type { KaggleClient } from '../rpc/client.ts';
import { type Existing, type LocalFile, localFile } from './download/local-file.ts';
import { checkNames } from './names.ts';

/** A folder for several files: a path, a `file:` URL, or a `FolderSink`. */
export type Folder = string | URL | FolderSink;

export function isFolderSink(value: unknown): value is FolderSink {
  return typeof (value as { sink?: unknown } | null)?.sink === 'function';
}

export function isFolder(value: unknown): value is Folder {
  return (typeof value === 'string' && value !== '') || isUrl(value) || isFolderSink(value);
}

export const folderField = (): Field<Folder> => field('the path of a folder, or a FolderSink', isFolder);

/** An open folder. Every name is checked again before a sink is opened for it. */
export interface OpenFolder extends FolderSink {
  /** The path of a name; absent if the folder is not in the file system. */
  path?(name: string): string;
  /**
   * Takes the names of all files of a download, before the first `destination`. If one of them looks like the partial file of another
   * (`x.part`, `x.part.json`, `x.part.lock`, `x.part.lock.breaking`), downloads to its folder leave no partial files, so that none
   * is overwritten.
   */
  expect(names: readonly string[]): void;
  /** The sink for a download, which may resume what an earlier process left, and the existing file. */
  destination(name: string, existing: Existing): Promise<{ sink: () => Promise<ByteSink>; local?: LocalFile }>;
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1).toLowerCase();

/** Names of the files that a download keeps beside its target. */
const beside = /\.part(\.json|\.lock(\.breaking)?)?$/i;

/** No system has longer paths: names are not scanned beyond this. */
const longestPath = 4096;

/** The folders in which `name`, or a folder of it, looks like a partial file. */
function foldersWithParts(name: string): string[] {
  const found: string[] = [];
  for (let start = 0; start <= Math.min(name.length, longestPath); ) {
    const slash = name.indexOf('/', start);
    const end = slash < 0 ? name.length : slash;
    if (beside.test(name.slice(start, end))) found.push(name.slice(0, start).toLowerCase());
    start = end + 1;
  }
  return found;
}

/** Opens a folder. Throws `MissingCapabilityError` for a path if the platform has no file system. */
export function openFolder(client: KaggleClient, folder: Folder): OpenFolder {
  if (isFolderSink(folder)) {
    return {
      sink(name: string): Promise<ByteSink> {
        checkNames([name]);
        return folder.sink(name);
      },
      expect: () => undefined,
      async destination(name: string) {
        checkNames([name]);
        return { sink: () => folder.sink(name) };
      },
    };
  }
  const { fs } = client.platform;
  const root = pathOf(folder);
  if (!fs) {
    throw new MissingCapabilityError(
      `cannot open the folder "${root}": the platform "${client.platform.name}" has no file system; pass a FolderSink`,
    );
  }
  const path = (name: string) => fs.join(root, ...name.split('/'));
  let unresumable: ReadonlySet<string> = new Set();
  return {
    path,
    expect(names) {
      unresumable = new Set(names.flatMap(foldersWithParts));
    },
    async sink(name: string): Promise<ByteSink> {
      checkNames([name]);
      return fs.sink(path(name));
    },
    async destination(name, existing) {
      checkNames([name]);
      const at = path(name);
      const partial = unresumable.has(folderOf(name)) ? undefined : fs.partial;
      return { sink: () => partial?.(at) ?? fs.sink(at), local: await localFile(client, at, existing) };
    },
  };
}
