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
    if (taken.has(result.toLowerCase())) continue;
    taken.add(result.toLowerCase());
    return result;
  }
}
