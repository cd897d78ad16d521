import { MissingCapabilityError } from '../errors.ts';
import type { ByteSink, FolderSink } from '../platform.ts';
import type { KaggleClient } from '../rpc/client.ts';
import { type Existing, type LocalFile, localFile } from './download/local-file.ts';
import { checkNames } from './names.ts';

/** Where several files go: a path, or anything that opens a sink for a relative name. */
export type Folder = string | FolderSink;

/** A folder that was opened: every name is checked again before a sink is opened for it. */
export interface OpenFolder extends FolderSink {
  /** The path that a name gets; absent when the folder is not one of the file system. */
  path?(name: string): string;
  /**
   * Told of all names that one call fetches, before the first `place`. Where one is called as if it were a part of another
   * (`x.part`, `x.part.json`, `x.part.lock`, `x.part.lock.breaking`), nothing in its folder is left for a later process, so that none is lost.
   */
  expect(names: readonly string[]): void;
  /** Where a download to that name goes, which may go on with what an earlier process left. */
  place(name: string, existing: Existing): Promise<{ sink: () => Promise<ByteSink>; local?: LocalFile }>;
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1).toLowerCase();

/** Opens a folder. Throws `MissingCapabilityError` for a path where the platform has no file system. */
export function openFolder(client: KaggleClient, folder: Folder): OpenFolder {
  if (typeof folder !== 'string') {
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
  if (!fs) {
    throw new MissingCapabilityError(
      `there is no file system on this platform (${client.platform.name}) for the folder "${folder}": pass a FolderSink`,
    );
  }
  const path = (name: string) => fs.join(folder, ...name.split('/'));
  let unresumable: ReadonlySet<string> = new Set();
  return {
    path,
    expect(names) {
      unresumable = new Set(names.filter((name) => /\.part(\.json|\.lock(\.breaking)?)?$/i.test(name)).map(folderOf));
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
