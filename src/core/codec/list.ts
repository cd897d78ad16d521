import { type Kind, kind, refuse, within } from './kind.ts';

/** An array. Its elements are always sent, zero or not; an empty array is omitted. */
export function list<T>(item: Kind<T>): Kind<T[]> {
  return kind({
    type: 'list',
    expects: 'an array',
    toJson(value, problems) {
      if (!Array.isArray(value)) return refuse(problems, 'an array', value);
      return Array.from(value, (element, index) => {
        const start = problems.length;
        const json = item.toJson(element, problems);
        within(index, problems, start);
        return json;
      });
    },
    fromJson(json) {
      if (!Array.isArray(json)) return undefined;
      // An element that cannot be decoded is omitted, rather than failing the whole response.
      return json
        .map((element) => (element === null ? undefined : item.fromJson(element)))
        .filter((x) => x !== undefined);
    },
    zero: () => [],
    isZero: (json) => (json as unknown[]).length === 0,
  });
}
