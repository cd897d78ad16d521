/** One line or set of points of a chart. */
export interface Series {
  key: string;
  label: string;
  /** From 1: chooses color and dashes, and is written at the end of the line. */
  number: number;
  /** Ascending. */
  x: readonly number[];
  y: readonly (number | null)[];
  /** What each point is; for points of several things in one series. */
  names?: readonly string[];
}

export const colorCount = 8;

/** Dashes of a line in CSS pixels, so that lines differ without color; none for a solid line. */
const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 6]];

/** Color, from 1, and dashes of the series with this number. No two of 40 have both the same, and no two of 5 the same dashes. */
export function styleOf(number: number): { color: number; dash: readonly number[] } {
  return { color: ((number - 1) % colorCount) + 1, dash: dashes[(number - 1) % dashes.length]! };
}

/** All different positions of some series, ascending, with the value of each series at each of them. */
export function align(series: readonly Series[]): { x: number[]; ys: (number | null | undefined)[][] } {
  if (series.length === 1) return { x: [...series[0]!.x], ys: [[...series[0]!.y]] };
  const x = [...new Set(series.flatMap(({ x }) => [...x]))].sort((a, b) => a - b);
  const place = new Map(x.map((value, index) => [value, index]));
  const ys = series.map((each) => {
    // `undefined` is a position that the series does not have, `null` a gap.
    const values: (number | null | undefined)[] = Array.from({ length: x.length }, () => undefined);
    each.x.forEach((value, index) => {
      values[place.get(value)!] = each.y[index];
    });
    return values;
  });
  return { x, ys };
}

/** At most `most` of some positions, evenly chosen, with the first and the last. */
export function sample(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)));
}

/** Moves labels up and down so that they are at least `gap` apart, in the order of their positions, around where they belong. */
export function spread<Label extends { top: number }>(labels: readonly Label[], gap: number): Label[] {
  const sorted = [...labels].sort((a, b) => a.top - b.top);
  const groups: { labels: Label[]; middle: number }[] = [];
  for (const label of sorted) {
    let group = { labels: [label], middle: label.top };
    for (let before = groups.at(-1); before; before = groups.at(-1)) {
      const room = ((before.labels.length + group.labels.length) * gap) / 2;
      if (group.middle - before.middle >= room) break;
      groups.pop();
      const joined = [...before.labels, ...group.labels];
      group = { labels: joined, middle: joined.reduce((sum, { top }) => sum + top, 0) / joined.length };
    }
    groups.push(group);
  }
  return groups.flatMap(({ labels: list, middle }) =>
    list.map((label, index) => ({ ...label, top: middle + (index - (list.length - 1) / 2) * gap })),
  );
}

/**
 * A range around values that are all the same, or differ less than numbers can be told apart on an axis; `undefined` for others.
 * uPlot would look for steps between them forever.
 */
export function flatRange(min: number | null, max: number | null, log: boolean): [number, number] | undefined {
  if (min === null || max === null) return log ? [0.1, 10] : [0, 1];
  if (max - min > 1e-9 * Math.max(Math.abs(min), Math.abs(max))) return undefined;
  if (log) return [min / 10, max * 10];
  const around = Math.abs(max) / 10 || 1;
  return [min - around, max + around];
}

/** A value that can be drawn: axes end at 1e100, and logarithms need positive values. */
export function drawable(value: number | null | undefined, log: boolean): number | null | undefined {
  if (value == null) return value;
  if (Math.abs(value) > 1e100 || (log && value < 1e-100)) return null;
  return Math.abs(value) < 1e-100 ? 0 : value;
}

/** The points of a series whose positions can be drawn. */
export function placed(series: Series, log: boolean): Series {
  const places = series.x.flatMap((x, index) => (drawable(x, log) === null ? [] : [index]));
  const pick = <Item>(items: readonly Item[]) => places.map((place) => items[place]!);
  const { x, y, names } = series;
  return { ...series, x: pick(x), y: pick(y), ...(names && { names: pick(names) }) };
}
