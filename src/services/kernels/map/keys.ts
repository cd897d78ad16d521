import { markId } from '../job/once.ts';
import type { Entry } from './progress.ts';
import type { SweepIdentity } from './state.ts';

/** Key of the push of an input. An attempt that Kaggle has refused has another key than the next one. */
export function keyOf(key: string, index: number, attempt: number): string {
  return `${key}/${index}${attempt === 0 ? '' : `~${attempt}`}`;
}

/** Attempts of an input that are checked below. More are rare: each is one refusal for lack of a slot or quota. */
const attempts = [0, 1, 2];

/** The input of the sweep whose push has this mark, if it is this attempt of it or a later one. */
export async function inputOf(
  id: string,
  { key, kernel }: Pick<SweepIdentity, 'key' | 'kernel'>,
  entries: readonly Pick<Entry, 'attempt'>[],
): Promise<{ index: number; attempt: number } | undefined> {
  for (const [index, { attempt }] of entries.entries()) {
    const ids = await Promise.all(attempts.map((more) => markId(kernel, keyOf(key, index, attempt + more))));
    const more = ids.indexOf(id);
    if (more >= 0) return { index, attempt: attempt + more };
  }
  return undefined;
}
