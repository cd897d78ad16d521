import { ValidationError } from './errors.ts';

/** A file or folder of the file system: a path, or its `file:` address as a `URL` or a text. */
export type PathLike = string | URL;

export function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

/**
 * The path that is meant. Throws `ValidationError` for an address that is none of a file of this machine, with what to do
 * about it; the address is not shown, as it may be signed.
 */
export function pathOf(path: PathLike, instead = 'pass the path of a file or folder'): string {
  const text = isUrl(path) ? path.href : path;
  if (/^(?:https?|data|blob):/i.test(text)) {
    throw new ValidationError(`a web address (${text.slice(0, text.indexOf(':'))}:) is not a path: ${instead}`);
  }
  if (!/^file:/i.test(text)) return text;
  const { host, pathname } = URL.canParse(text) ? new URL(text) : { host: '', pathname: '%' };
  if (host && host !== 'localhost') throw new ValidationError(`the address names a file of another machine (${host})`);
  if (/%2f|%5c/i.test(pathname)) {
    throw new ValidationError('the file: address has an escaped slash, which no file name has');
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    throw new ValidationError('the file: address is not escaped as it must be: make it by pathToFileURL(path)');
  }
  return decoded.replace(/^\/(?=[a-z]:(?:\/|$))/i, '');
}
