import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import process from 'node:process';
import { type Bound, type Limit, limitText, verdict } from './bounds.ts';
import type { Report } from './scenarios/scenario.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}

const short = (value: number): string => value.toFixed(Math.abs(value) < 20 ? 2 : 0);
const words = { kept: 'yes', open: 'within the noise', missed: 'NO' };

function boundRow(one: Bound): string[] {
  const { median, low, high, confidence } = one.measured;
  const against = (limit: Limit | undefined) =>
    limit ? [limitText(limit, one.unit), words[verdict(one, limit)]] : ['', ''];
  const range = `${short(low)} to ${short(high)}${confidence < 0.95 ? ' *' : ''}`;
  return [one.what, `${short(median)}${one.unit}`, range, ...against(one.must), ...against(one.aim)];
}

function boundTable(bounds: readonly Bound[]): string[] {
  if (bounds.length === 0) return [];
  const head = ['bound', 'measured', '95 % interval', 'must', 'kept', 'aim', 'reached'];
  const rough = bounds.some(({ measured }) => measured.confidence < 0.95);
  return [
    ...table(head, bounds.map(boundRow)),
    ...(rough ? ['', '\\* Range; too few rounds for a 95 % interval.'] : []),
    '',
  ];
}

export function renderReport({ title, text, head, rows, bounds, skipped, failed = [] }: Report): string {
  return [
    `## ${title}`,
    '',
    text,
    '',
    ...table(head, rows),
    '',
    ...boundTable(bounds),
    ...failed.map((message) => `- FAILED: ${message}`),
    ...skipped.map(({ name, missing }) => `- ${name}: skipped, ${missing}`),
  ]
    .join('\n')
    .trimEnd();
}

/** The head of docs/benchmarks.md: on what it was measured. */
export function renderMachine(versions: readonly string[], notes: readonly string[]): string {
  const [first] = cpus();
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  return [
    '# Benchmarks',
    '',
    'This page is written by `npm run bench`; `bench/README.md` describes the method. Absolute times depend on the machine: compare the',
    'ratios. A bound is missed if the whole 95 % interval is beyond it.',
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}, commit ${commit}.`,
    '',
    `${versions.join(', ')}; ${cpus().length} x ${first?.model.trim() ?? process.arch}, ${process.platform}; HTTP/1.1 over loopback.`,
    ...notes.flatMap((note) => ['', note]),
  ].join('\n');
}
