import type { StateStore } from '../../src/core/platform.ts';
import { type Cases, equal } from './check.ts';

/** What every `StateStore` does. The store of a case may hold the keys of other cases. */
export const stateCases: Cases<StateStore> = {
  async 'what was set is there, as JSON keeps it'(state) {
    const value = { url: 'https://storage/x?y=1', parts: [1, 2], name: 'Grüße', none: null };
    await state.set('a', value);
    equal(await state.get('a'), value, 'value');
    await state.set('a', [1]);
    equal(await state.get('a'), [1], 'the value that replaced it');
  },
  async 'nothing was set: undefined, and deleting it is fine'(state) {
    equal(await state.get('never'), undefined, 'value');
    await state.delete('never');
  },
  async 'a deleted value is gone'(state) {
    await state.set('b', 1);
    await state.delete('b');
    equal(await state.get('b'), undefined, 'value');
  },
  async 'any text is a key of its own'(state) {
    const keys = ['../../x', '/etc/x', 'c:\\x', 'UPPER', 'upper', 'CON', 'é', 'e\u0301', 'a\nb', '.', 'k'.repeat(3000)];
    for (const [index, key] of keys.entries()) await state.set(key, index);
    for (const [index, key] of keys.entries()) equal(await state.get(key), index, key.slice(0, 20));
  },
  async 'a value does not change with the object that was stored'(state) {
    const value = { list: [1] };
    await state.set('c', value);
    value.list.push(2);
    equal(await state.get('c'), { list: [1] }, 'value');
  },
  async 'a claim has one owner at a time, and can be taken again'(state) {
    // A store that cannot tell has no claims at all.
    if (!state.claim) return;
    const release = await state.claim('e');
    equal(typeof release, 'function', 'the first claim');
    equal(await state.claim('e'), undefined, 'the second claim');
    const other = await state.claim('f');
    equal(typeof other, 'function', 'the claim of another key');
    await release!();
    await other!();
    const again = await state.claim('e');
    equal(typeof again, 'function', 'the claim after it was given back');
    await again!();
  },
  async 'a list has what was added, in order, until it is deleted'(state) {
    // A store without lists keeps each value under a key of its own.
    if (!state.append || !state.list) return;
    equal(await state.list('g'), [], 'the list before');
    const values = [{ file: 'a\nb', url: 'https://storage/x?y=1' }, 'Grüße', [1, null], { file: 'a\nb' }];
    for (const value of values) await state.append('g', value);
    equal(await state.list('g'), values, 'the list');
    await state.delete('g');
    equal(await state.list('g'), [], 'the list after');
    await Promise.all(Array.from({ length: 20 }, (_, index) => state.append!('g', index)));
    equal(((await state.list('g')) as number[]).sort((a, b) => a - b)[19], 19, 'the last of many');
    equal((await state.list('g')).length, 20, 'their number');
  },
  async 'writing one key many times at once ends with one of the values'(state) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => state.set('d', { index })));
    const value = (await state.get('d')) as { index: number };
    equal(Number.isInteger(value.index), true, 'a whole value');
  },
};
