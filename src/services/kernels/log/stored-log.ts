import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { type Run, runFields } from '../run-ref.ts';
import { type LogEntry, parseStoredLog } from './log-entry.ts';

/** The log that the server keeps of a run that has ended; empty before. */
export async function fetchStoredLog(client: KaggleClient, run: Run, options: CallOptions): Promise<LogEntry[]> {
  const { log } = await client.call(listKernelSessionOutput, { ...runFields(run), pageSize: 1 }, options);
  return parseStoredLog(log);
}
