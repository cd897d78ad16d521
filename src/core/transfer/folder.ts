import { MissingCapabilityError } from '../errors.ts';
import { isUrl, pathOf } from '../file-path.ts';
import { type Field, field } from '../options/field.ts';
import type { ByteSink, FolderSink } from '../platform.ts';
import type { KaggleClient } from '../rpc/client.ts';
import { type Existing, type LocalFile, localFile } from './download/local-file.ts';
import { checkNames } from './names.ts';

/** Where several files go: a path (or a `file:` address), or anything that opens a sink for a relative name. */
export type Folder = string | URL | FolderSink;

export function isFolderSink(value: unknown): value is FolderSink {
  return typeof (value as { sink?: unknown } | null)?.sink === 'function';
}

export function isFolder(value: unknown): value is Folder {
  return (typeof value === 'string' && value !== '') || isUrl(value) || isFolderSink(value);
}

export const folderField = (): Field<Folder> => field('the path of a folder, or a FolderSink', isFolder);

/** A folder that was opened: every name is checked again before a sink is opened for it. */
export interface OpenFolder extends FolderSink {
  /** The path that a name gets; absent when the folder is not one of the file system. */
  path?(name: string): string;
  /**
   * Told of all names that one call fetches, before the first `place`. Where one, or a folder of one, is called as if it were a part of another
   * (`x.part`, `x.part.json`, `x.part.lock`, `x.part.lock.breaking`), nothing in its folder is left for a later process, so that none is lost.
   */
  expect(names: readonly string[]): void;
  /** Where a download to that name goes, which may go on with what an earlier process left. */
  place(name: string, existing: Existing): Promise<{ sink: () => Promise<ByteSink>; local?: LocalFile }>;
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1).toLowerCase();

/** What may lie beside a file that is being fetched. */
const beside = /\.part(\.json|\.lock(\.breaking)?)?$/i;

/** Longer paths than this are on no system: names of thousands of folders are not looked at to their end. */
const longestPath = 4096;

/** The folders in which `name` has something that is called as if it were a part of another file: itself, or a folder. */
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

/** Opens a folder. Throws `MissingCapabilityError` for a path where the platform has no file system. */
export function openFolder(client: KaggleClient, folder: Folder): OpenFolder {
  if (isFolderSink(folder)) {
    return {
      sink(name: string): Promise<ByteSink> {
        checkNames([name]);
        return folder.sink(name);
      },
      expect: () => undefined,
      async place(name: string) {
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
    async place(name, existing) {
      checkNames([name]);
      const at = path(name);
      const partial = unresumable.has(folderOf(name)) ? undefined : fs.partial;
      return { sink: () => partial?.(at) ?? fs.sink(at), local: await localFile(client, at, existing) };
    },
  };
}
