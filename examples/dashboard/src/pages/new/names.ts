import { slugify } from 'kaggle-ts/kernels';
import type { Draft } from './draft.ts';

/** The slug that the run gets: that of the kernel to update, else the one that Kaggle derives from the title. */
export function slugOf({ target, title }: Pick<Draft, 'target' | 'title'>): string {
  return target || slugify(title);
}

/** Seconds of a time limit in hours; `undefined` for none. Something that is not a number stays as it is, to be refused. */
export function secondsOf(hours: string): number | undefined {
  const text = hours.trim().replace(',', '.');
  return text === '' ? undefined : Math.round(Number(text) * 3600);
}
