import { ValidationError } from './errors.ts';

/** A file or folder: a path, or a `file:` URL as a `URL` or a string. */
export type PathLike = string | URL;

export function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

/**
 * Returns the path of a `PathLike`. Throws `ValidationError` for a URL that is not of a local file; the error does not show it, as
 * it may be signed.
 *
 * @param instead - What to pass instead, for the error.
 */
export function pathOf(path: PathLike, instead = 'pass the path of a file or folder'): string {
  const text = isUrl(path) ? path.href : path;
  if (/^(?:https?|data|blob):/i.test(text)) {
    throw new ValidationError(`expected a path, got a URL (${text.slice(0, text.indexOf(':'))}:); ${instead}`);
  }
  if (!/^file:/i.test(text)) return text;
  const { host, pathname } = URL.canParse(text) ? new URL(text) : { host: '', pathname: '%' };
  if (host && host !== 'localhost')
    throw new ValidationError(`cannot open a file: URL with a host (${host}); pass a path`);
  if (/%2f|%5c/i.test(pathname)) {
    throw new ValidationError('invalid file: URL: it contains an encoded slash; create it with pathToFileURL(path)');
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    throw new ValidationError(
      'invalid file: URL: its percent-encoding is malformed; create it with pathToFileURL(path)',
    );
  }
  return decoded.replace(/^\/(?=[a-z]:(?:\/|$))/i, '');
}
