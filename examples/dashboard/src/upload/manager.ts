import type { DirectoryFile } from 'kaggle-ts/browser';
import { createOrVersion } from 'kaggle-ts/datasets';
import { slugify } from 'kaggle-ts/kernels';
import { account } from '../data/account.ts';
import { type Cause, causeOf } from '../data/causes.ts';
import { issuesOf } from '../data/dry-run.ts';
import { type Activity, runUpload, type SendFile } from './engine.ts';
import { exclusively } from './exclusively.ts';
import { copiesOf, filesHere, filesOf, forget, letGo, messageOf, replaceFiles, takeOut, unreadable } from './files.ts';
import { bytesOf, compareFiles, type UploadRecord } from './record.ts';
import { changeLive, changeRecord, isUnfinished, isVolatile, removeRecord, uploadOf, uploads } from './uploads.ts';

export { addFiles } from './files.ts';

/** Uploads that this tab sends, or waits to send. */
const running = new Map<string, AbortController>();

/** Shows other tabs how an upload proceeds. */
const channel = new BroadcastChannel('uploads');
channel.onmessage = ({ data }: MessageEvent<{ id: string; activity: Activity }>) => {
  if (uploadOf(data.id)?.live.elsewhere) changeLive(data.id, { activity: data.activity });
};
// Another tab has stopped or removed an upload.
addEventListener('storage', () => {
  for (const [id, stop] of running) {
    const upload = uploadOf(id);
    if (!upload || !isUnfinished(upload)) stop.abort();
  }
});

/** What kaggle-ts says about the dataset and the names of the files, before anything is sent. */
async function check(record: UploadRecord, list: readonly SendFile[]): Promise<readonly string[]> {
  const { owner, slug, title, isPrivate } = record;
  const issues = await issuesOf((client, signal) =>
    createOrVersion(
      client,
      { owner, slug, ...(title && { title, isPrivate }), files: [...list] },
      { signal, resume: false, onWarning: () => undefined },
    ),
  );
  return issues.map(({ path, message }) => (/^(?:slug|title)$/.test(path) ? `${path}: ${message}` : message));
}

/**
 * Starts or continues an upload. Returns whether it is under way. `asked`: by a click, so the browser may ask for access to the files.
 */
export async function start(id: string, asked = true): Promise<boolean> {
  changeRecord(id, { starting: true });
  try {
    const owner = await account();
    const upload = uploadOf(id);
    if (!upload) return false;
    const { live: _, starting: __, ...known } = upload;
    // A slug was chosen for a new version; a new dataset is named by its title.
    const named = known.slug ? { slug: known.slug, title: '' } : { slug: slugify(known.title) };
    const record = known.state === 'chosen' ? { ...known, owner, ...named } : known;
    const list = await filesOf(record, asked);
    if (!list) return false;
    const state = record.created ? 'processing' : 'active';
    const issues = state === 'processing' ? [] : await check(record, list);
    changeLive(id, { issues, warnings: [] });
    if (issues.length > 0) return false;
    changeRecord(id, { ...record, state, error: '' });
    void run(id);
    return true;
  } catch (error) {
    await stopped(id, causeOf(error), messageOf(error));
    return false;
  } finally {
    changeRecord(id, { starting: false });
  }
}

/** Shows why an upload stopped. For a file that cannot be read: which one, and whether the browser has a copy of all. */
async function stopped(id: string, cause: Cause, error: string): Promise<void> {
  const record = uploadOf(id);
  if (!record) return;
  if (cause !== 'file') return changeRecord(id, { state: 'failed', error });
  const changed = await unreadable(filesHere(id) ?? []);
  letGo(id);
  const { same } = compareFiles(record.files, await copiesOf(id));
  changeLive(id, { needs: 'files', missing: [], changed, why: error, kept: same.length === record.files.length });
  changeRecord(id, { state: 'active', error });
}

/** Files that were chosen again, by upload. */
const again = new Map<string, readonly DirectoryFile[]>();

/** Continues with files that were chosen again, and the stored copies of the others. `changed`: also with files that have changed. */
export async function chooseAgain(
  id: string,
  given: readonly DirectoryFile[],
  { changed: take = false } = {},
): Promise<void> {
  const record = uploadOf(id);
  if (!record) return;
  const offered = [...given, ...(again.get(id) ?? [])];
  again.set(id, offered);
  const base = ({ name }: { name: string }) => name.slice(name.lastIndexOf('/') + 1);
  const names = new Set(offered.map(base));
  const pool = [...offered, ...(await copiesOf(id)).filter((file) => !names.has(base(file)))];
  const { same, missing, changed } = compareFiles(record.files, pool);
  if (missing.length > 0 || (changed.length > 0 && !take)) {
    changeLive(id, { needs: 'files', missing, changed, takes: missing.length === 0 });
    return;
  }
  const taken = changed.map((name) => ({ name, data: pool.find((file) => base(file) === base({ name }))!.data }));
  const list = [...same, ...taken];
  again.delete(id);
  replaceFiles(id, list);
  await start(id);
}

async function send(id: string, signal: AbortSignal): Promise<void> {
  const record = uploadOf(id);
  if (!record || !isUnfinished(record)) return;
  const list = await filesOf(record, false);
  if (!list) return;
  const result = await runUpload(
    record,
    list,
    {
      onActivity(activity) {
        changeLive(id, { activity });
        channel.postMessage({ id, activity });
      },
      onWarning: (text) => changeLive(id, { warnings: [...(uploadOf(id)?.live.warnings ?? []), text] }),
      onCreated(versionNumber) {
        changeRecord(id, { state: 'processing', created: true, ...(versionNumber !== undefined && { versionNumber }) });
        void forget(id);
      },
    },
    signal,
  );
  changeLive(id, { activity: undefined });
  if (result.type === 'ready') {
    const { versionNumber } = result;
    changeRecord(id, { state: 'ready', ...(versionNumber !== undefined && { versionNumber }) });
    return;
  }
  await stopped(id, result.type === 'file' ? 'file' : 'other', result.error);
}

/** Sends an upload unless this tab does so already. If another tab sends it, this one waits, and takes over when that is closed. */
async function run(id: string): Promise<void> {
  if (running.has(id)) return;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await exclusively(`upload:${id}`, stop.signal, {
      onWait: () => changeLive(id, { elsewhere: true }),
      async work() {
        changeLive(id, { elsewhere: false });
        await send(id, stop.signal);
      },
    });
  } catch (error) {
    if (!stop.signal.aborted) await stopped(id, causeOf(error), messageOf(error));
  } finally {
    if (running.get(id) === stop) running.delete(id);
    if (uploadOf(id)) changeLive(id, { activity: undefined, elsewhere: false });
  }
}

/** Stops an upload. What arrived stays at the storage, and is not sent again. */
export function pause(id: string): void {
  changeRecord(id, { state: 'paused' });
  running.get(id)?.abort();
}

/** Takes a file out of an upload that has not started; without its last file the upload is removed. */
export async function removeFile(id: string, name: string): Promise<void> {
  if (!(await takeOut(id, name))) await cancel(id);
}

/** Removes an upload, and stops it. A dataset that was created remains. */
export async function cancel(id: string): Promise<void> {
  running.get(id)?.abort();
  removeRecord(id);
  await forget(id);
}

/** Continues what an earlier page, or a closed tab, did not finish. */
export function continueAll(): void {
  for (const upload of uploads.peek()) {
    if (isUnfinished(upload)) void run(upload.id);
    else if (upload.starting) void start(upload.id, false);
  }
}

/** Whether leaving the page would lose something: files of an unfinished upload that are not stored. */
function wouldLose(): boolean {
  return uploads.peek().some(({ id, state, live, files: list }) => {
    const open = state === 'chosen' || state === 'active' || state === 'paused';
    return open && filesHere(id) && (live.resumable !== 'yes' || isVolatile.peek()) && bytesOf(list) > 0;
  });
}

addEventListener('beforeunload', (event) => {
  if (wouldLose()) event.preventDefault();
});
