import type { ContentFacts } from '../ranged/content.ts';
import { joinRanges, type Range } from './ranges.ts';

/** What is stored beside an unfinished download: which object it is, and which ranges are on disk. */
export interface ResumeRecord {
  readonly facts: ContentFacts & { readonly total: number };
  readonly ranges: readonly Range[];
}

/**
 * Whether a download can be resumed: the storage can prove that the object is the same, or a checksum shows it in the end.
 */
export function isResumable(facts: ContentFacts | undefined): facts is ContentFacts {
  if (!facts || facts.encoded) return false;
  return (facts.validator ?? facts.sums.crc32c ?? facts.sums.md5) !== undefined;
}

/** The record as JSON. */
export function writeResumeRecord({ facts, ranges }: ResumeRecord): unknown {
  const { total, validator, lastModified, sums, page } = facts;
  return {
    version: 1,
    total,
    validator,
    lastModified: lastModified?.toISOString(),
    sums,
    ...(page && { page }),
    ranges: joinRanges(ranges).map(({ start, end }) => [start, end]),
  };
}

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';
const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads a record for a file of `size` bytes; `undefined` if it is not certain: a record of another version, or one about bytes that do
 * not exist.
 */
export function readResumeRecord(note: unknown, size: number): ResumeRecord | undefined {
  const { version, total, validator, lastModified, sums, page, ranges } = (note ?? {}) as Record<string, unknown>;
  const { crc32c, md5 } = (sums ?? {}) as Record<string, unknown>;
  if (version !== 1 || !isPosition(total) || ![validator, lastModified, crc32c, md5].every(isText)) return undefined;
  if (total === 0 || !Array.isArray(ranges)) return undefined;
  const kept: Range[] = [];
  for (const range of ranges) {
    const [start, end] = Array.isArray(range) ? range : [];
    if (!isPosition(start) || !isPosition(end) || start > end || end > Math.min(size, total)) return undefined;
    kept.push({ start, end });
  }
  const when = Date.parse((lastModified as string | undefined) ?? '');
  const facts = {
    total,
    validator: validator as string | undefined,
    lastModified: Number.isNaN(when) ? undefined : new Date(when),
    sums: {
      ...(crc32c !== undefined && { crc32c: crc32c as string }),
      ...(md5 !== undefined && { md5: md5 as string }),
    },
    encoded: false,
    page: page === true,
  };
  return isResumable(facts) ? { facts, ranges: joinRanges(kept) } : undefined;
}
