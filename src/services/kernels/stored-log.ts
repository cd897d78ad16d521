import type { CallOptions, KaggleClient } from '../../core/client.ts';
import { type LogEntry, parseStoredLog } from './log-entry.ts';
import { outputPages } from './output-pages.ts';
import type { Run } from './run-ref.ts';

/** The log that the server keeps of a run that has ended. */
export async function fetchStoredLog(client: KaggleClient, run: Run, options: CallOptions): Promise<LogEntry[]> {
  return parseStoredLog((await outputPages(client, run, options)('')).log);
}
