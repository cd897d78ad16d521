import type { StoredFile } from './stored-file.ts';
import { untar } from './untar.ts';
import { inflate, type Unpacked, unzip } from './unzip.ts';

const archive = /^(.*)\.(zip|tar|tar\.gz|tgz)$/is;
/** Packed by gzip alone: `scan.nii.gz`. */
const single = /^(?!.*\.tar\.gz$)(.+)\.gz$/is;

async function open({ name, data }: StoredFile): Promise<Unpacked[] | undefined> {
  const kind = archive.exec(name)![2]!.toLowerCase();
  try {
    if (kind === 'zip') return await unzip(data);
    return untar(kind === 'tar' ? data : await inflate(data, 'gzip'));
  } catch {
    // What only has the name of an archive stays as it is.
    return undefined;
  }
}

/** A name without `.` and empty parts; `undefined` for one that would lead out of its folder. */
function inside(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

/** Whether a version has something to unpack. */
export function hasArchives(files: readonly StoredFile[]): boolean {
  return files.some(({ name }) => archive.test(name) || single.test(name));
}

/** The file without its packing, in the place of the packed one; as it is when it only has the name. */
async function gunzip(file: StoredFile): Promise<StoredFile> {
  const name = single.exec(file.name)?.[1];
  if (name === undefined) return file;
  return inflate(file.data, 'gzip').then(
    (data) => ({ name, data, created: file.created }),
    () => file,
  );
}

/**
 * The files of a version with its archives unpacked: each into a folder of its name (`a/b.zip` into `a/b/`), but an
 * archive that is all there is into the version itself; what is packed by gzip alone in its place. Of two files of one
 * name the later one counts.
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
