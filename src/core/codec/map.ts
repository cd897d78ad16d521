import { isRecord, type Kind, kind, refuse, within } from './kind.ts';
import type { Json } from './message.ts';

/** A map with string keys. Its elements are always sent, zero or not; an empty map is omitted. */
export function map<T>(item: Kind<T>): Kind<Record<string, T>> {
  return kind({
    type: 'map',
    expects: 'an object',
    toJson(value, problems) {
      if (!isRecord(value)) return refuse(problems, 'an object', value);
      const entries = Object.entries(value).filter(([, element]) => element !== undefined && element !== null);
      return Object.fromEntries(
        entries.map(([key, element]): [string, Json] => {
          const start = problems.length;
          const json = item.toJson(element, problems);
          within(key, problems, start);
          return [key, json];
        }),
      );
    },
    fromJson(json) {
      if (!isRecord(json)) return undefined;
      const entries = Object.entries(json).map(([key, value]) => [
        key,
        value === null ? undefined : item.fromJson(value),
      ]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, T>;
    },
    zero: () => ({}),
    isZero: (json) => Object.keys(json as object).length === 0,
  });
}
