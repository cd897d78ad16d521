/** Joins parts with `/` and resolves `.` and `..`, as node:path does on POSIX. The empty path is `.`. */
export function joinPosix(...parts: string[]): string {
  const given = parts.filter((part) => part !== '').join('/');
  const absolute = given.startsWith('/');
  const segments: string[] = [];
  for (const segment of given.split('/')) {
    if (segment === '' || segment === '.') continue;
    const previous = segments.at(-1);
    if (segment !== '..') segments.push(segment);
    else if (previous !== undefined && previous !== '..') segments.pop();
    else if (!absolute) segments.push('..');
  }
  return (absolute ? '/' : '') + segments.join('/') || '.';
}

/** The prefix of all paths below `folder`; empty for `.`. */
export function folderPrefix(folder: string): string {
  const path = joinPosix(folder);
  return path === '.' ? '' : path === '/' ? '/' : `${path}/`;
}

/** The last segment. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
