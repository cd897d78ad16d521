import { ValidationError, type ValidationIssue } from '../errors.ts';

/** Device names that Windows gives no file, with or without an extension; ¹²³ count as digits there. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** What is wrong with one name, or `undefined`. Names are relative, with `/` between the folders. */
function problem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (control.test(name)) return 'has a control character';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  if (name.includes('\\')) return 'has a backslash';
  if (name.startsWith('/')) return 'is absolute';
  for (const segment of name.split('/')) {
    if (segment === '') return 'has an empty part between slashes';
    // Windows drops dots and spaces at the end of a name: "...", ".. " and "." would all be folders above or this one.
    if (/^[. ]*$/.test(segment)) return `has the part "${segment}", which leads out of the folder or nowhere`;
    if (/^[a-z]:/i.test(segment)) return 'starts with a drive letter';
    const base = segment.split(/[.:]/, 1)[0]!.trimEnd();
    if (reserved.test(base)) return `has the part "${segment}", a name that Windows reserves`;
  }
  return undefined;
}

/** One form for all spellings that a file system may take for the same name. */
export function foldName(name: string): string {
  const folded = name.normalize('NFC').toLowerCase().normalize('NFC');
  return folded
    .split('/')
    .map((segment) => segment.replace(/[. ]+$/, ''))
    .join('/');
}

/** A name for a message: control characters are shown as escapes. */
function show(name: string): string {
  return JSON.stringify(name);
}

/**
 * Checks the relative names of files that are to live in one folder, before anything is sent or written. Percent
 * escapes are taken literally: `%2e%2e` is an ordinary name. Throws one `ValidationError` that lists every bad name:
 * `..`, absolute, drive letters, backslashes, control characters, names that Windows reserves, empty parts, names that
 * differ only in case or Unicode form, and a file where another name needs a folder.
 */
export function checkNames(names: readonly string[]): void {
  const issues: ValidationIssue[] = [];
  const seen = new Map<string, string>();
  const complain = (index: number, message: string) => issues.push({ path: `[${index}]`, message });
  for (const [index, name] of names.entries()) {
    const key = foldName(name);
    const other = seen.get(key);
    const wrong = problem(name);
    if (wrong) complain(index, `the file name ${show(name)} ${wrong}`);
    else if (other === name) complain(index, `the file name ${show(name)} is given twice`);
    else if (other !== undefined) {
      complain(index, `the file names ${show(other)} and ${show(name)} are the same on many systems`);
    } else seen.set(key, name);
  }
  for (const [index, name] of names.entries()) {
    const parts = foldName(name).split('/');
    for (let length = 1; length < parts.length; length++) {
      const file = seen.get(parts.slice(0, length).join('/'));
      if (file === undefined) continue;
      complain(index, `${show(file)} is a file, and ${show(name)} needs a folder there`);
      break;
    }
  }
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}
