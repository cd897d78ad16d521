import { ValidationError, type ValidationIssue } from '../errors.ts';

/** Names of devices that Windows reserves, with or without an extension; it treats ¹²³ as digits. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** What is wrong with one name, or `undefined`. Names are relative, with `/` between folders. */
function problem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (control.test(name)) return 'contains a control character';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  if (name.includes('\\')) return 'contains a backslash (separate folders with "/")';
  if (name.startsWith('/')) return 'is an absolute path';
  for (const segment of name.split('/')) {
    if (segment === '') return 'contains an empty path segment';
    // Windows drops trailing dots and spaces: "...", ".. " and "." would all mean this folder or the one above.
    if (/^[. ]*$/.test(segment)) return `contains the path segment "${segment}", which does not name a file or folder`;
    if (/^[a-z]:/i.test(segment)) return 'contains a drive letter';
    const base = segment.split(/[.:]/, 1)[0]!.trimEnd();
    if (reserved.test(base)) return `contains the path segment "${segment}", which Windows reserves`;
  }
  return undefined;
}

/** Removes trailing dots and spaces, as Windows does. A regular expression takes quadratic time on hostile names. */
function trimEnd(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) end--;
  return segment.slice(0, end);
}

/** The common form of all spellings that a file system may treat as the same name. */
export function foldName(segment: string): string {
  return trimEnd(segment.normalize('NFC').toLowerCase().normalize('NFC'));
}

/** A name for a message: control characters are escaped, and a very long name is cut. */
function show(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}

/** One node of the tree of names. */
interface NameNode {
  /** The file with this name. */
  file?: string;
  /** The first name that needs a folder here. */
  folder?: string;
  inside?: Map<string, NameNode>;
}

/** Returns what is wrong with a name, alone or together with earlier ones; `undefined` if nothing is. */
type NameProblem = (name: string, isDirectory: boolean) => string | undefined;

/** Keeps names in a tree: each takes time proportional to its length, at any depth. */
function createNameTree(): NameProblem {
  const root: NameNode = {};
  const clash = (file: string, folder: string) =>
    `conflicting names: ${show(file)} is a file, but ${show(folder)} needs a folder there`;
  return (name, isDirectory) => {
    const wrong = problem(name);
    if (wrong) return `invalid file name ${show(name)}: it ${wrong}`;
    let at = root;
    for (const segment of name.split('/')) {
      if (at !== root) {
        if (at.file !== undefined) return clash(at.file, name);
        at.folder ??= name;
      }
      at.inside ??= new Map();
      const key = foldName(segment);
      const next: NameNode = at.inside.get(key) ?? {};
      at.inside.set(key, next);
      at = next;
    }
    const { file, folder } = at;
    if (file === name && !isDirectory) return `duplicate file name ${show(name)}`;
    if (file !== undefined && isDirectory) return clash(file, name);
    if (file !== undefined)
      return `conflicting names: ${show(file)} and ${show(name)} are the same on many file systems`;
    if (folder !== undefined && !isDirectory) return clash(name, folder);
    if (isDirectory) at.folder ??= name;
    else at.file = name;
    return undefined;
  };
}

/** Takes names one by one; throws `ValidationError` for an invalid name, or one that conflicts with an earlier name. */
export type NameCheck = (name: string, isDirectory: boolean) => void;

/** Like `checkNames`, for names that arrive one by one. A folder may be named repeatedly. */
export function createNameCheck(): NameCheck {
  const problemWith = createNameTree();
  return (name, isDirectory) => {
    const wrong = problemWith(name, isDirectory);
    if (wrong !== undefined) throw new ValidationError(wrong);
  };
}

/**
 * Checks the relative names of files that are to be in one folder, before anything is sent or written. Percent escapes are
 * literal: `%2e%2e` is an ordinary name. Throws one `ValidationError` with all problems: `..`, absolute names, drive letters,
 * backslashes, control characters, names that Windows reserves, empty segments, names that differ only in case or Unicode form,
 * and files where another name, or one of `folders`, needs a folder.
 */
export function checkNames(names: readonly string[], folders: readonly string[] = []): void {
  const problemWith = createNameTree();
  const issues: ValidationIssue[] = [];
  const take = (name: string, index: number, isDirectory: boolean) => {
    const message = problemWith(name, isDirectory);
    if (message !== undefined) issues.push({ path: `[${index}]`, message });
  };
  for (const [index, name] of names.entries()) take(name, index, false);
  for (const [index, name] of folders.entries()) take(name, names.length + index, true);
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}

/** Bytes of the longest name of a file or folder on Linux, where Kaggle mounts datasets. */
const maxSegmentBytes = 255;

/** Throws `ValidationError` for names with a segment that is too long to be mounted. */
export function checkLengths(names: readonly string[]): void {
  const encoder = new TextEncoder();
  const issues: ValidationIssue[] = [];
  for (const [index, name] of names.entries()) {
    const most = Math.max(...name.split('/').map((part) => encoder.encode(part).length));
    const message = `file name ${show(name)} is too long: expected at most ${maxSegmentBytes} bytes between slashes, got ${most}; shorten it`;
    if (most > maxSegmentBytes) issues.push({ path: `[${index}]`, message });
  }
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}
