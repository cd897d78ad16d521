import { savedName } from './names.ts';

/**
 * What some system, or a folder of the browser, does not accept in a path: control characters, reserved characters and names, empty
 * and relative segments, segments that end with a dot or a space, and very long ones.
 */
const unsafe = [
  /[\p{Cc}\p{Cs}\\<>:"|?*]/u,
  /(?:^|\/)[. ]*(?:\/|$)/,
  /[. ](?:\/|$)/,
  /(?:^|\/)(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])[. ]*(?:\.[^/]*)?(?:\/|$)/i,
  /[^/]{201}/,
];

/** Whether a file can be saved under its path on every system. */
export function isSafePath(path: string): boolean {
  return !unsafe.some((expression) => expression.test(path));
}

/** The common form of paths that are the same file on some systems. */
const fold = (path: string): string => path.normalize('NFC').toLowerCase().normalize('NFC');

/** Returns a safe path that is like `path`, and is not yet in `taken`, to which it is added. */
export function safePath(path: string, taken: Set<string>): string {
  const segments = path
    .split('/')
    .slice(-12)
    .map(savedName)
    .map((name) => (isSafePath(name) ? name : `_${name}`));
  const plain = segments.join('/');
  const dot = plain.lastIndexOf('.');
  const end = dot > plain.lastIndexOf('/') + 1 ? dot : plain.length;
  for (let count = 1; ; count++) {
    const result = count === 1 ? plain : `${plain.slice(0, end)}-${count}${plain.slice(end)}`;
    if (taken.has(fold(result))) continue;
    taken.add(fold(result));
    return result;
  }
}

/**
 * Decides under which path each file is saved: its own, unless some system does not accept that, or takes it for the path of an earlier
 * file, as `Data.csv` and `data.csv`.
 */
export function savedPaths(names: readonly string[]): { name: string; path: string }[] {
  const taken = new Set<string>();
  for (const name of names) {
    for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1))
      taken.add(fold(name.slice(0, slash)));
  }
  const keeps = new Set(
    names.filter((name) => {
      if (!isSafePath(name) || taken.has(fold(name))) return false;
      return taken.add(fold(name));
    }),
  );
  return names.map((name) => ({ name, path: keeps.has(name) ? name : safePath(name, taken) }));
}
