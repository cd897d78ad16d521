import { type CsvDialect, createCsvParser } from './parser.ts';

const delimiters = [',', '\t', ';', '|'];

/** How well a dialect explains the sample: rows of one width, and as many columns as possible. */
function score(records: readonly string[][]): number {
  if (records.length === 0) return 0;
  const widths = new Map<number, number>();
  for (const { length } of records) widths.set(length, (widths.get(length) ?? 0) + 1);
  const [width, rows] = [...widths].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  return width === 1 ? 0 : (rows / records.length) ** 2 * (1 + Math.log2(width) / 8);
}

/** Detects how the fields of a file are written, by its name and a sample from its start. */
export function detectDialect(name: string, sample: string): CsvDialect {
  const lower = name.toLowerCase();
  const given = /\.(tsv|tab)$/.test(lower) ? '\t' : /\.psv$/.test(lower) ? '|' : undefined;
  let best: CsvDialect = { delimiter: given ?? ',', quote: '"' };
  let most = 0;
  for (const delimiter of given ? [given] : delimiters) {
    let strayQuote = false;
    for (const quote of ['"', "'", '']) {
      if (quote === "'" && !/^'/m.test(sample) && !sample.includes(`${delimiter}'`)) continue;
      // Without quotes only if one is never closed, which would swallow the rest of the sample.
      if (quote === '' && !strayQuote) continue;
      const parser = createCsvParser({ delimiter, quote });
      const records = parser.push(sample);
      if (parser.inQuotes && parser.pending > sample.length / 2) {
        strayQuote = true;
        continue;
      }
      // The last record may be incomplete; of a short file, it is all there is.
      const value = score(records.length > 0 ? records : parser.end()) * (quote === '"' ? 1 : 0.95);
      if (value > most) {
        most = value;
        best = { delimiter, quote };
      }
    }
  }
  return best;
}

/** Returns what a delimiter is called. */
export function delimiterName(delimiter: string): string {
  return { ',': 'comma', '\t': 'tab', ';': 'semicolon', '|': 'pipe' }[delimiter] ?? JSON.stringify(delimiter);
}
