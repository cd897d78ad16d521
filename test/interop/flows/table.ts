import { readFileSync } from 'node:fs';
import type { Difference } from './compare.ts';

/** A row of docs/differences.md. `*` in flow and request stands for anything. */
export interface Row {
  /** How often it occurs over all flows. */
  times: number;
  kind: string;
  flow: string;
  request: string;
  reason: string;
}

export interface Found {
  flow: string;
  difference: Difference;
}

const document = new URL('../../../docs/differences.md', import.meta.url);

/** The rows of the table: `| times | kind | flow | request | reason |`, the first four in backticks or plain. */
export function readTable(): Row[] {
  const lines = readFileSync(document, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const match = /^\| (\d+) \| ([\w ]+) \| (\S+) \| `(.*)` \| (.+) \|$/.exec(line);
    if (!match) {
      if (/^\| \d/.test(line)) throw new Error(`not a row: ${line}`);
      return [];
    }
    const [, times, kind, flow, request, reason] = match as unknown as string[];
    return [
      { times: Number(times), kind: kind!, flow: flow!, request: request!.replaceAll('\\|', '|'), reason: reason! },
    ];
  });
}

function fits(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Assigns each difference to the first row that fits, and says which have none and which rows count wrong. */
export function settle(found: readonly Found[], rows: readonly Row[]): { unlisted: string[]; wrongCounts: string[] } {
  const counts = rows.map(() => 0);
  const unlisted: string[] = [];
  for (const { flow, difference } of found) {
    const index = rows.findIndex(
      (row) => row.kind === difference.kind && fits(row.flow, flow) && fits(row.request, difference.request),
    );
    if (index < 0) unlisted.push(`${difference.kind} | ${flow} | ${difference.request}`);
    else counts[index]!++;
  }
  const wrongCounts = rows.flatMap((row, index) =>
    row.times === counts[index]
      ? []
      : [`"${row.kind} | ${row.flow} | ${row.request}" says ${row.times}, but occurs ${counts[index]} times`],
  );
  return { unlisted, wrongCounts };
}
