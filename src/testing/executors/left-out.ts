/** An entry of /kaggle/working that is not part of the output. */
export interface LeftOut {
  name: string;
  why: string;
}

export const link = 'symbolic links are dropped, as on Kaggle';
export const notAFile = 'not a regular file';
export const notUnicode = 'the name is not valid Unicode';
export const removed = 'the folder no longer exists';

const most = 10;
const prefix = 'emulator: not in the output:';

/** Lines for the log, or an empty string. */
export function leftOutWords(items: readonly LeftOut[]): string {
  const lines = items.slice(0, most).map(({ name, why }) => `${prefix} ${JSON.stringify(name)}: ${why}\n`);
  if (items.length > most) lines.push(`${prefix} ${items.length - most} more\n`);
  return lines.join('');
}
