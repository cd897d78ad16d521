/** Names of an unfinished download: the folder `x.part` beside the final name `x`, and the files in it. */
export const bytesName = 'kaggle-ts.bytes';
export const noteNames = ['kaggle-ts.note0', 'kaggle-ts.note1'] as const;

/** Characters of a name, so that it fits with the suffix into the 255 bytes of common file systems. */
const longestName = 60;

/** Returns the name of the folder for an unfinished file. */
export function partName(name: string): string {
  const short = [...name];
  if (short.length <= longestName) return `${name}.part`;
  let hash = 0;
  for (const char of short) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return `${short.slice(0, longestName).join('')}.${hash.toString(16)}.part`;
}

/** Whether a file belongs to an unfinished download, and is no entry of its folder. */
export function isPartFile(name: string): boolean {
  return name === bytesName || (noteNames as readonly string[]).includes(name);
}
