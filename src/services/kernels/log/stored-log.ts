import type { CallOptions, KaggleClient } from '../../../core/client.ts';
import { outputPages } from '../output/output-pages.ts';
import type { Run } from '../run-ref.ts';
import { type LogEntry, parseStoredLog } from './log-entry.ts';

/** The log that the server keeps of a run that has ended. */
export async function fetchStoredLog(client: KaggleClient, run: Run, options: CallOptions): Promise<LogEntry[]> {
  return parseStoredLog((await outputPages(client, run, options)('')).log);
}
