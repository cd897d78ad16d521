/** Parses an http or https URL; returns `undefined` for anything else. */
export function parseWebUrl(text: string, base?: string): URL | undefined {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/**
 * Whether a request to a URL would go to another address than it says: parsing resolves dot segments (also percent-encoded), turns
 * backslashes into slashes, and removes tabs, line breaks, and spaces around it.
 */
export function changesWhenParsed(url: string): boolean {
  const [path = ''] = url.split(/[?#]/, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a parser removes them
  if (/[\t\n\r]|^[\u0000- ]|[\u0000- ]$/.test(url)) return true;
  return !/^https?:\/\/[^/]/i.test(url) || /\\|\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}

/** Why a URL that `changesWhenParsed` is not requested. */
export const changedUrl =
  'its URL contains "." or ".." as a path segment, a backslash or a line break: a request would go to another file; rename the file';
