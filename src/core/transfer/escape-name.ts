/** Characters that end the path of a URL, or that its parser changes or removes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a parser removes them
const special = /[#?%\\\u0000-\u001f]| $/;

/**
 * The URL of an output file with the file name escaped. Kaggle inserts the name unchanged, with spaces, accents, and characters that
 * end the path. Dot segments cannot be escaped.
 */
export function escapeName(url: string, fileName: string): string {
  if (!special.test(fileName) || !url.endsWith(`/${fileName}`)) return url;
  const escaped = fileName.split('/').map((part) => encodeURIComponent(part.toWellFormed()));
  return url.slice(0, -fileName.length) + escaped.join('/');
}
