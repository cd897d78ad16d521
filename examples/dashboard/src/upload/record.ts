/** A file of an upload, as it was when it was chosen. */
export interface ChosenFile {
  name: string;
  size: number;
  lastModified: number;
}

/** Where an upload is. A record is `active` while it should be sent, also while no page is open. */
export type RecordState = 'chosen' | 'active' | 'paused' | 'processing' | 'ready' | 'failed';

/** What is stored of an upload between two loads of the page. The files are in `savedFiles`. */
export interface UploadRecord {
  id: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  owner: string;
  slug: string;
  /** Title of a new dataset; empty for a new version of an existing one. */
  title: string;
  isPrivate: boolean;
  files: readonly ChosenFile[];
  state: RecordState;
  /** It was asked to start, and is being checked. A reload does not lose the click. */
  starting?: boolean;
  /** The version was created: nothing is to be sent again. */
  created?: boolean;
  /** Its number, if it is known. */
  versionNumber?: number;
  /** Why it failed. */
  error?: string;
}

const states: readonly string[] = ['chosen', 'active', 'paused', 'processing', 'ready', 'failed'];

function isRecord(value: unknown): value is UploadRecord {
  const { id, owner, slug, files, state } = (value ?? {}) as Partial<UploadRecord>;
  return [id, owner, slug].every((text) => typeof text === 'string') && Array.isArray(files) && states.includes(state!);
}

/** Parses a stored list; what is damaged is left out. */
export function readRecords(text: string | null): UploadRecord[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.filter(isRecord) : [];
  } catch {
    return [];
  }
}

/** Bytes of all files. */
export const bytesOf = (files: readonly Pick<ChosenFile, 'size'>[]): number =>
  files.reduce((sum, { size }) => sum + size, 0);

/** How files that were chosen again differ from those of the upload. */
export interface Comparison<File> {
  /** Files of the upload, under its names, of those that are the same. */
  same: readonly { name: string; data: File }[];
  /** Names of files that are not among the chosen ones. */
  missing: readonly string[];
  /** Names of files that have another size or time now. */
  changed: readonly string[];
}

/**
 * Compares files that were chosen again with those of an upload. A file may be chosen without its folder: then its name, size and time
 * find it.
 */
export function compareFiles<File extends { size: number; lastModified: number }>(
  wanted: readonly ChosenFile[],
  given: readonly { name: string; data: File }[],
): Comparison<File> {
  const base = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const isSame = (file: ChosenFile, { data }: { data: File }) =>
    data.size === file.size && data.lastModified === file.lastModified;
  const same: { name: string; data: File }[] = [];
  const missing: string[] = [];
  const changed: string[] = [];
  for (const file of wanted) {
    const candidates = given.filter(({ name }) => name === file.name || base(name) === base(file.name));
    const found = candidates.find((candidate) => candidate.name === file.name && isSame(file, candidate));
    const match = found ?? candidates.find((candidate) => isSame(file, candidate));
    if (match) same.push({ name: file.name, data: match.data });
    else (candidates.length > 0 ? changed : missing).push(file.name);
  }
  return { same, missing, changed };
}

/** The name of a dataset for files: that of their folder, else that of the first file without its extension. */
export function titleFor(files: readonly Pick<ChosenFile, 'name'>[]): string {
  const folders = new Set(files.map(({ name }) => (name.includes('/') ? name.split('/', 1)[0]! : '')));
  const [folder] = folders;
  const first = files[0]?.name.split('/').at(-1) ?? '';
  const name = folders.size === 1 && folder ? folder : first.replace(/\.[^.]+$/, '');
  const words = name.replace(/[_\W]+/g, ' ').trim();
  const title = words.length < 6 ? `${words} data`.trim() : words;
  return (title.length < 6 ? 'My data' : title).slice(0, 50).trim();
}
