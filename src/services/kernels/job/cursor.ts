import { refusal } from '../../../core/options/check.ts';
import { shown } from '../../../core/options/field.ts';
import type { LogEntry } from '../log/entry.ts';
import { checkCode } from './check-code.ts';
import type { JobFacts } from './id.ts';

/**
 * Position in a log: the number of UTF-16 units of each stream before it, however the text is split into entries. Lines of the live
 * log that are not events are counted separately (`raw`), because the stored log does not contain them.
 */
export type LogPosition = Readonly<Record<LogEntry['stream'] | 'raw', number>>;

export const logStart: LogPosition = { stdout: 0, stderr: 0, raw: 0 };

/** Identifies the run in a cursor. */
const codeOf = ({ ref, versionNumber }: JobFacts): string => checkCode(`${ref.toLowerCase()}/${versionNumber}`);

/** Writes a cursor: `kl1.<run>.<position in stdout>.<in stderr>.<in raw lines>.<check>`. */
export function writeCursor(facts: JobFacts, { stdout, stderr, raw }: LogPosition): string {
  const numbers = [stdout, stderr, raw].map((number) => number.toString(36));
  const text = ['kl1', codeOf(facts), ...numbers].join('.');
  return `${text}.${checkCode(text)}`;
}

const form = /^kl1\.([0-9a-z]{7})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})\.[0-9a-z]{7}$/;

/** Parses a cursor. Throws `ValidationError` if it is invalid, or of another run. */
export function readCursor(facts: JobFacts, cursor: string): LogPosition {
  const invalid = (message: string) => refusal('job.logs', [{ path: 'cursor', message }]);
  const [, run, ...numbers] = form.exec(cursor) ?? [];
  const end = cursor.lastIndexOf('.');
  if (run === undefined || checkCode(cursor.slice(0, end)) !== cursor.slice(end + 1)) {
    throw invalid(`expected a cursor that job.logs returned, got ${shown(cursor)}; omit it to read from the start`);
  }
  if (run !== codeOf(facts)) {
    throw invalid(
      `${shown(cursor)} is a cursor of another job, not of version ${facts.versionNumber} of ${facts.ref}; omit it to read ` +
        'from the start',
    );
  }
  const [stdout = 0, stderr = 0, raw = 0] = numbers.map((number) => Number.parseInt(number, 36));
  return { stdout, stderr, raw };
}
