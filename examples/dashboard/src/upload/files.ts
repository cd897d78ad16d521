import { type DirectoryFile, savedFiles } from 'kaggle-ts/browser';
import type { SendFile } from './engine.ts';
import { bytesOf, compareFiles, titleFor, type UploadRecord } from './record.ts';
import { addRecord, changeLive, changeRecord, isOpen, uploadOf } from './uploads.ts';

const saved = savedFiles('kaggle-dashboard-files');
/** Files that this tab can read, by upload. */
const held = new Map<string, readonly (SendFile | DirectoryFile)[]>();

export const messageOf = (error: unknown): string => String((error as Error)?.message ?? error);
/** What is recorded of files. */
export const chosen = (list: readonly SendFile[]) =>
  list.map(({ name, data }) => ({ name, size: data.size, lastModified: data.lastModified }));

/** Bytes up to which files are copied into the browser. For larger ones it keeps handles, and asks for permission after a reload. */
const mostCopied = 2 ** 30;

/** Stores the files, so that the upload continues after a reload. Without space it is sent all the same. */
export async function keep(id: string): Promise<void> {
  changeLive(id, { resumable: 'saving' });
  const list = held.get(id) ?? [];
  const small = bytesOf(chosen(list)) <= mostCopied;
  try {
    await saved.save(id, small ? list.map(({ name, data }) => ({ name, data })) : list);
    changeLive(id, { resumable: 'yes' });
  } catch (error) {
    changeLive(id, { resumable: 'no', why: messageOf(error) });
  }
}

/** The stored files of an upload, unless the browser would ask for permission. */
export async function copiesOf(id: string): Promise<readonly DirectoryFile[]> {
  try {
    const set = (await saved.list()).find((one) => one.id === id);
    return set && !set.needsPermission ? ((await saved.load(id)) ?? []) : [];
  } catch {
    return [];
  }
}

/** The files of an upload that has not started: those of this tab, else the stored copies. */
async function chosenFiles(id: string): Promise<readonly (SendFile | DirectoryFile)[]> {
  return held.get(id) ?? (await copiesOf(id));
}

/** Adds files that were chosen or dropped: to `id`, if that upload has not started, else as a new upload. Returns its id. */
export async function addFiles(added: readonly DirectoryFile[], id?: string): Promise<string> {
  const names = new Set(added.map(({ name }) => name));
  const old = id !== undefined && isOpen(uploadOf(id)) ? await chosenFiles(id) : [];
  const all = [...old.filter(({ name }) => !names.has(name)), ...added];
  const target = id !== undefined && old.length > 0 ? id : crypto.randomUUID();
  held.set(target, all);
  if (target === id) changeRecord(target, { files: chosen(all) });
  else {
    const named = { owner: '', slug: '', title: titleFor(added), isPrivate: true, createdAt: Date.now() };
    addRecord({ ...named, id: target, files: chosen(all), state: 'chosen' });
  }
  void keep(target);
  return target;
}

/** Takes a file out of an upload that has not started. Returns whether there are others. */
export async function takeOut(id: string, name: string): Promise<boolean> {
  const rest = (await chosenFiles(id)).filter((file) => file.name !== name);
  if (rest.length === 0) return false;
  held.set(id, rest);
  changeRecord(id, { files: chosen(rest) });
  void keep(id);
  return true;
}

/** The files of an upload; `undefined` if the user has to do something first. `asked`: by a click, so a prompt may be shown. */
export async function filesOf(record: UploadRecord, asked: boolean): Promise<readonly SendFile[] | undefined> {
  const { id } = record;
  if (record.created) return [];
  const known = held.get(id);
  if (known) return known;
  try {
    const set = (await saved.list()).find((one) => one.id === id);
    if (set?.needsPermission && !asked) {
      changeLive(id, { needs: 'permission' });
      return undefined;
    }
    const loaded = (await saved.load(id)) ?? [];
    const { same, missing } = compareFiles(record.files, loaded);
    const changed = loaded.filter((file) => file.changed).map(({ name }) => name);
    if (missing.length === 0 && changed.length === 0) {
      held.set(id, same);
      changeLive(id, { needs: undefined, resumable: 'yes' });
      return same;
    }
    changeLive(id, { needs: 'files', missing: missing.filter((name) => !changed.includes(name)), changed });
  } catch (error) {
    changeLive(id, {
      needs: 'files',
      missing: record.files.map(({ name }) => name),
      changed: [],
      why: messageOf(error),
    });
  }
  return undefined;
}

/** Names of files that cannot be read any more. */
export async function unreadable(list: readonly SendFile[]): Promise<string[]> {
  const bad: string[] = [];
  for (const { name, data } of list) {
    await data
      .slice(0, 1)
      .arrayBuffer()
      .catch(() => bad.push(name));
  }
  return bad;
}

/** Deletes the stored copy of the files. */
export async function forget(id: string): Promise<void> {
  held.delete(id);
  await saved.remove(id).catch(() => undefined);
}

/** The files of an upload that this tab can read; `undefined` if they have to be loaded. */
export const filesHere = (id: string): readonly SendFile[] | undefined => held.get(id);

/** Uses these files for an upload, from now on. */
export function replaceFiles(id: string, list: readonly SendFile[]): void {
  held.set(id, list);
  changeRecord(id, { files: chosen(list) });
  changeLive(id, { needs: undefined, missing: [], changed: [], takes: false, kept: false });
  void keep(id);
}

/** Forgets files that cannot be read any more. */
export function letGo(id: string): void {
  held.delete(id);
}
