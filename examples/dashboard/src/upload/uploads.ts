import { type ReadonlySignal, signal } from '@preact/signals';
import type { Activity } from './engine.ts';
import { readRecords, type UploadRecord } from './record.ts';

/** An upload as the page shows it. */
export interface UploadView extends UploadRecord {
  /** What this tab knows beyond the record. */
  live: Live;
}

/** What is known of an upload in this tab. */
export interface Live {
  activity?: Activity | undefined;
  /** Another tab sends it. */
  elsewhere?: boolean;
  /** Whether the upload continues after a reload: `saving` while the files are being stored. */
  resumable?: 'saving' | 'yes' | 'no';
  /** Why it does not. */
  why?: string;
  /** What the user has to do before it continues: allow access to the files, or choose some again. */
  needs?: 'permission' | 'files' | undefined;
  /** Names of files that have to be chosen again, and of those that have changed. */
  missing?: readonly string[];
  changed?: readonly string[];
  /** The browser has a copy of all files as they were chosen. */
  kept?: boolean;
  /** Files that have changed were chosen again: they can be uploaded instead. */
  takes?: boolean;
  /** Problems with the name of the dataset or of files; nothing was sent. */
  issues?: readonly string[];
  warnings?: readonly string[];
}

const key = 'uploads';
const list = signal<readonly UploadView[]>([]);
const lives = new Map<string, Live>();

/** All uploads that this browser knows, newest first. */
export const uploads: ReadonlySignal<readonly UploadView[]> = list;

const volatile = signal(false);

/** Storage is blocked or full: the uploads of this tab are known to it only, and end with it. */
export const isVolatile: ReadonlySignal<boolean> = volatile;

function latest(): UploadRecord[] {
  try {
    if (!volatile.peek()) return readRecords(localStorage.getItem(key));
  } catch {
    volatile.value = true;
  }
  return list.peek().map(({ live: _, ...record }) => record);
}

function show(records: readonly UploadRecord[]): void {
  list.value = records.map((record) => ({ ...record, live: lives.get(record.id) ?? {} }));
}

function write(records: readonly UploadRecord[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(records));
  } catch {
    volatile.value = true;
  }
  show(records);
}

show(latest());
// Another tab has changed an upload.
addEventListener('storage', (event) => {
  if (event.key === key) show(latest());
});

/** The upload with this id. */
export function uploadOf(id: string): UploadView | undefined {
  return list.peek().find((upload) => upload.id === id);
}

/** Adds an upload. */
export function addRecord(record: UploadRecord): void {
  write([record, ...latest()]);
}

/** Changes the record of an upload; an upload that was removed stays so. */
export function changeRecord(id: string, change: Partial<UploadRecord>): void {
  write(latest().map((record) => (record.id === id ? { ...record, ...change } : record)));
}

export function removeRecord(id: string): void {
  lives.delete(id);
  write(latest().filter((record) => record.id !== id));
}

/** Changes what this tab knows of an upload. */
export function changeLive(id: string, change: Live): void {
  lives.set(id, { ...lives.get(id), ...change });
  list.value = list.peek().map((upload) => (upload.id === id ? { ...upload, live: lives.get(id)! } : upload));
}

/** Whether an upload is to be sent, now or when the page has what it needs. */
export const isUnfinished = ({ state }: Pick<UploadRecord, 'state'>): boolean =>
  state === 'active' || state === 'processing';

/** Whether files and name can still be changed. */
export const isOpen = (upload: UploadRecord | undefined): boolean => upload?.state === 'chosen' && !upload.starting;

/** Whether it is to be started, or continued, when a page is opened. */
export const isWanted = (upload: UploadRecord): boolean => upload.starting === true || isUnfinished(upload);

/** Loads the code that sends uploads. */
export const loadManager = (): Promise<typeof import('./manager.ts')> => import('./manager.ts');

/** Continues what an earlier page did not finish. Loads nothing if there is nothing to do. */
export function continueUploads(): void {
  if (list.peek().some(isWanted)) loadManager().then(({ continueAll }) => continueAll(), console.error);
}
