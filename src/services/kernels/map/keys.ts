import { markId } from '../job/once.ts';
import type { SweepIdentity } from './state.ts';

/** Key of the push of an input. An attempt that Kaggle has refused has another key than the next one. */
export function keyOf(key: string, index: number, attempt: number): string {
  return `${key}/${index}${attempt === 0 ? '' : `~${attempt}`}`;
}

/** Attempts of an input that are checked below. More are rare: each is one refusal for lack of a slot or quota. */
const attempts = [0, 1, 2];

/** Whether a mark in a source is that of an input of this sweep. */
export async function isOwnMark(
  id: string,
  { key, kernel }: Pick<SweepIdentity, 'key' | 'kernel'>,
  total: number,
): Promise<boolean> {
  for (let index = 0; index < total; index++) {
    const ids = await Promise.all(attempts.map((attempt) => markId(kernel, keyOf(key, index, attempt))));
    if (ids.includes(id)) return true;
  }
  return false;
}
