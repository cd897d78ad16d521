const counts = new Intl.NumberFormat('en-US');

/** Formats a whole number with separators: `1,234`. */
export function formatCount(value: number | bigint): string {
  return counts.format(value);
}

/** Returns the count with its noun: `1 file`, `2,000 files`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
