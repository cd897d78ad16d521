import type { StoredFile } from './stored-file.ts';
import { untar } from './untar.ts';
import { inflate, type Unpacked, unzip } from './unzip.ts';

const archive = /^(.*)\.(zip|tar|tar\.gz|tgz)$/is;
/** A single file compressed with gzip, such as `scan.nii.gz`. */
const single = /^(?!.*\.tar\.gz$)(.+)\.gz$/is;

async function open({ name, data }: StoredFile): Promise<Unpacked[] | undefined> {
  const kind = archive.exec(name)![2]!.toLowerCase();
  try {
    if (kind === 'zip') return await unzip(data);
    return untar(kind === 'tar' ? data : await inflate(data, 'gzip'));
  } catch {
    // A file that only has the name of an archive stays unchanged.
    return undefined;
  }
}

/** Normalizes the path of an entry; `undefined` if it would leave its folder. */
function inside(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

/** Whether any file has to be unpacked. */
export function hasArchives(files: readonly StoredFile[]): boolean {
  return files.some(({ name }) => archive.test(name) || single.test(name));
}

/** Decompresses a `.gz` file; returns it unchanged if it is not one. */
async function gunzip(file: StoredFile): Promise<StoredFile> {
  const name = single.exec(file.name)?.[1];
  if (name === undefined) return file;
  return inflate(file.data, 'gzip').then(
    (data) => ({ name, data, created: file.created }),
    () => file,
  );
}

/**
 * Unpacks the archives of a version: each into a folder of its name (`a/b.zip` into `a/b/`), or into the version itself
 * if it is the only file. A `.gz` file is replaced by its content. If two files have the same path, the later one
 * counts.
 */
export async function unpack(files: readonly StoredFile[]): Promise<StoredFile[]> {
  const all = new Map<string, StoredFile>();
  for (const file of files) {
    const found = archive.test(file.name) ? await open(file) : undefined;
    if (!found) {
      const plain = await gunzip(file);
      all.set(plain.name, plain);
      continue;
    }
    const folder = files.length === 1 ? '' : `${archive.exec(file.name)![1]}/`;
    for (const { name, data } of found) {
      const safe = inside(name);
      if (safe !== undefined) all.set(folder + safe, { name: folder + safe, data, created: file.created });
    }
  }
  return [...all.values()];
}
