import { cpus } from 'node:os';
import process from 'node:process';
import type { Report } from './scenarios/scenario.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}

export function renderReport({ title, text, head, rows, bounds, skipped }: Report): string {
  return [
    `## ${title}`,
    '',
    text,
    '',
    ...table(head, rows),
    '',
    ...bounds.map(
      ({ text: what, value, kept }) => `- ${what}; measured ${value.toFixed(2)}: ${kept ? 'kept' : 'NOT kept'}`,
    ),
    ...skipped.map(({ name, missing }) => `- ${name}: skipped, ${missing}`),
  ]
    .join('\n')
    .trimEnd();
}

/** The head of docs/benchmarks.md: on what it was measured. */
export function renderMachine(versions: readonly string[]): string {
  const [first] = cpus();
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; `bench/README.md` says how it measures. Absolute times are those of one machine: read the',
    'ratios.',
    '',
    `${versions.join(', ')}; ${cpus().length} x ${first?.model.trim() ?? process.arch}, ${process.platform}; HTTP/1.1 over loopback, without TLS.`,
  ].join('\n');
}
