/** A thing in the folder of the output that is not part of the output. */
export interface LeftOut {
  name: string;
  why: string;
}

/** Kaggle drops links as well. */
export const link = 'a symbolic link (Kaggle leaves them out, too)';
export const noFile = 'neither a file nor a folder';
export const noText = 'whose name is not Unicode';
export const removed = 'which is no longer there';

const most = 10;

/** Lines for the log, or an empty text. */
export function leftOutWords(items: readonly LeftOut[]): string {
  const lines = items.slice(0, most).map(({ name, why }) => `Not in the output: ${JSON.stringify(name)}, ${why}\n`);
  if (items.length > most) lines.push(`Not in the output: ${items.length - most} more\n`);
  return lines.join('');
}
