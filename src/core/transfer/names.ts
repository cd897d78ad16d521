import { ValidationError, type ValidationIssue } from '../errors.ts';

/** Device names that Windows gives no file, with or without an extension; ¹²³ count as digits there. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** What is wrong with one name, or `undefined`. Names are relative, with `/` between the folders. */
function problem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (control.test(name)) return 'contains a control character';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  if (name.includes('\\')) return 'contains a backslash (separate folders with "/")';
  if (name.startsWith('/')) return 'is an absolute path';
  for (const segment of name.split('/')) {
    if (segment === '') return 'contains an empty path segment';
    // Windows drops dots and spaces at the end of a name: "...", ".. " and "." would all be folders above or this one.
    if (/^[. ]*$/.test(segment)) return `contains the path segment "${segment}", which does not name a file or folder`;
    if (/^[a-z]:/i.test(segment)) return 'contains a drive letter';
    const base = segment.split(/[.:]/, 1)[0]!.trimEnd();
    if (reserved.test(base)) return `contains the path segment "${segment}", which Windows reserves`;
  }
  return undefined;
}

/** Without the dots and spaces at its end, which Windows drops. By hand: a pattern takes quadratic time on hostile names. */
function trimEnd(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) end--;
  return segment.slice(0, end);
}

/** One form for all spellings that a file system may take for the same name. */
export function foldName(segment: string): string {
  return trimEnd(segment.normalize('NFC').toLowerCase().normalize('NFC'));
}

/** A name for a message: control characters are shown as escapes, and a very long one is cut. */
function show(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}

/** What is known of one place in the folder. */
interface Place {
  /** The file that has it. */
  file?: string;
  /** The first name that needs it to be a folder. */
  folder?: string;
  inside?: Map<string, Place>;
}

/** Says what is wrong with a name, alone or beside those before it; `undefined` if nothing is. */
type Complain = (name: string, isDirectory: boolean) => string | undefined;

/** Names are kept as a tree: each takes time in proportion to its length, however deep it is. */
function startNames(): Complain {
  const root: Place = {};
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
      const next: Place = at.inside.get(key) ?? {};
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

/** Takes names one after the other; throws `ValidationError` for one that is bad, or at odds with those before it. */
export type NameCheck = (name: string, isDirectory: boolean) => void;

/** `checkNames` for names that come one by one: the rules are the same. A folder may be named several times. */
export function createNameCheck(): NameCheck {
  const complain = startNames();
  return (name, isDirectory) => {
    const wrong = complain(name, isDirectory);
    if (wrong !== undefined) throw new ValidationError(wrong);
  };
}

/**
 * Checks the relative names of files that are to live in one folder, before anything is sent or written. Percent
 * escapes are taken literally: `%2e%2e` is an ordinary name. Throws one `ValidationError` that lists every bad name:
 * `..`, absolute, drive letters, backslashes, control characters, names that Windows reserves, empty parts, names that
 * differ only in case or Unicode form, and a file where another name, or one of `folders`, needs a folder.
 */
export function checkNames(names: readonly string[], folders: readonly string[] = []): void {
  const complain = startNames();
  const issues: ValidationIssue[] = [];
  const take = (name: string, index: number, isDirectory: boolean) => {
    const message = complain(name, isDirectory);
    if (message !== undefined) issues.push({ path: `[${index}]`, message });
  };
  for (const [index, name] of names.entries()) take(name, index, false);
  for (const [index, name] of folders.entries()) take(name, names.length + index, true);
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}

/** Bytes of the longest name of a file or a folder on Linux, where Kaggle mounts what was sent. */
const longest = 255;

/** Throws `ValidationError` for names of which a part is too long to be mounted. */
export function checkLengths(names: readonly string[]): void {
  const encoder = new TextEncoder();
  const issues: ValidationIssue[] = [];
  for (const [index, name] of names.entries()) {
    const most = Math.max(...name.split('/').map((part) => encoder.encode(part).length));
    const message = `file name ${show(name)} is too long: expected at most ${longest} bytes between slashes, got ${most}; shorten it`;
    if (most > longest) issues.push({ path: `[${index}]`, message });
  }
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}
