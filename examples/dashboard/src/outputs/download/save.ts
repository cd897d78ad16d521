import { type ByteSink, directoryFiles, type FileSystem, type KaggleClient } from 'kaggle-ts/browser';
import { openRemote, output } from 'kaggle-ts/kernels';
import { throughOutages } from '../../data/through-outages.ts';
import { transferClient } from '../../data/transfer-client.ts';
import { savedName } from '../files/names.ts';
import { savedPaths } from '../files/safe-path.ts';
import type { Listing } from '../list/listing.ts';
import type { DownloadJob } from './jobs.ts';
import { type ZipSource, zipBlob } from './zip.ts';

/** Folder of this app in the origin private file system. */
const folderOf = (run: string): string => `downloads/${run}`;

/** Milliseconds after which files of finished and abandoned downloads are removed. */
const oldAfter = 24 * 3_600_000;

type Change = (part: Partial<DownloadJob>) => void;

/** Matches exactly these names. */
function patternOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?:${names.map((name) => RegExp.escape?.(name) ?? name.replace(/[^\w/]/g, '\\$&')).join('|')})$`);
}

/** Removes what earlier downloads left. */
async function removeOld(): Promise<void> {
  const { fs } = transferClient.platform;
  const old = Date.now() - oldAfter;
  try {
    for await (const { path, lastModified } of fs!.walk('downloads')) {
      if (lastModified.getTime() < old) await fs!.remove(`downloads/${path}`);
    }
  } catch {
    // There is no such folder yet.
  }
}

/** The file at `path` in the origin private file system: on disk, not in memory. */
async function storedFile(path: string): Promise<{ content: Blob; lastModified: number }> {
  const source = await transferClient.platform.fs!.source(path);
  return { content: source.blob!(0, source.size), lastModified: source.lastModified?.getTime() ?? 0 };
}

/** Has the browser save a file among the user's downloads. */
function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = savedName(name);
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file while it saves it, which can take minutes.
  setTimeout(() => URL.revokeObjectURL(link.href), 10 * 60_000);
}

/** Saves a file whose name is unsafe as `path`. */
async function saveAs(
  client: KaggleClient,
  run: string,
  name: string,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const file = await openRemote(client, run, name, { signal });
  const sink = await client.platform.fs!.sink(path);
  let at = 0;
  try {
    for await (const chunk of await file.slice(0, file.size)) {
      await sink.write(chunk, at);
      at += chunk.length;
    }
    await sink.commit();
  } catch (error) {
    await sink.abort(error);
    throw error;
  } finally {
    await file.close?.();
  }
}

/** Reports the progress of several files as one. */
function progressOf(change: Change): (progress: { file: string; transferred: number; phase: string }) => void {
  const received = new Map<string, number>();
  const done = new Set<string>();
  let frame = 0;
  return ({ file, transferred, phase }) => {
    received.set(file, Math.max(transferred, received.get(file) ?? 0));
    if (phase === 'done') done.add(file);
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      change({ received: [...received.values()].reduce((sum, bytes) => sum + bytes, 0), filesDone: done.size });
    });
  };
}

/** The chosen folder as a file system. The log, which `output` adds to the files, is saved there only with all of them. */
function folderFiles(handle: FileSystemDirectoryHandle, { files, run }: DownloadJob): FileSystem {
  const fs = directoryFiles(async () => handle);
  if (files === 'all') return fs;
  const none: ByteSink = { write: async () => {}, commit: async () => {}, abort: async () => {} };
  const log = `${run.split('/')[1]}.log`;
  return { ...fs, sink: async (path) => (path === log && !files.includes(path) ? none : fs.sink(path)) };
}

/**
 * Downloads files of a run to a folder that the user chose, or to the origin private file system and from there to the user's
 * downloads: one file as it is, several as a zip. Nothing is held in memory. Waits while there is no network. A later call resumes:
 * in a chosen folder, each file that is not complete starts over.
 */
export async function saveFiles(
  job: DownloadJob,
  listing: Listing,
  signal: AbortSignal,
  change: Change,
): Promise<void> {
  const { run, folder: handle } = job;
  const fs = handle ? folderFiles(handle, job) : transferClient.platform.fs!;
  const client: KaggleClient = { ...transferClient, platform: { ...transferClient.platform, fs } };
  const names = job.files === 'all' ? listing.names : job.files;
  if (!handle) await removeOld();
  const folder = handle ? '.' : folderOf(run);

  const saved = savedPaths(names);
  const safe = saved.filter(({ name, path }) => name === path).map(({ name }) => name);
  const renamed = saved.filter(({ name, path }) => name !== path);
  const pattern =
    renamed.length === 0 && safe.length === listing.names.length && listing.complete ? undefined : patternOf(safe);
  const onProgress = progressOf(change);
  async function download(attempt: AbortSignal): Promise<void> {
    change({ state: 'running' });
    const options = { signal: attempt, onProgress, ...(pattern && { pattern }) };
    if (safe.length > 0) await output(client, run, folder, options);
    for (const { name, path } of renamed) await saveAs(client, run, name, `${folder}/${path}`, attempt);
  }
  await throughOutages(download, {
    signal,
    onWaiting: () => change({ state: 'waiting' }),
    // A chosen folder has no place for a file that is not complete.
    stopOffline: !handle,
  });
  change({ filesDone: names.length });
  if (handle) return;

  change({ state: 'saving', target: 'your downloads' });
  const files: ZipSource[] = [];
  for (const { path } of saved) {
    signal.throwIfAborted();
    files.push({ name: path, ...(await storedFile(`${folder}/${path}`)) });
  }
  const [only] = files;
  if (files.length === 1 && only) saveBlob(only.content, only.name);
  else saveBlob(await zipBlob(files, signal), `${run.replaceAll('/', '-')}.zip`);
}
