import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';
import { type LogEntry, parseStoredLog, tail } from './entry.ts';
import { withoutMarker } from './marker.ts';

/** The log that the server stores of a run that has ended; empty before. */
export async function fetchStoredLog(
  client: KaggleClient,
  run: ResolvedRun,
  options: CallOptions,
): Promise<LogEntry[]> {
  const { log } = await client.call(listKernelSessionOutput, { ...runFields(run), pageSize: 1 }, options);
  return parseStoredLog(log);
}

/** Number of log lines in an error. */
export const tailLines: number = 20;

/** The end of a run's stored log, or `undefined` when it is not available. Throws only the reason of an abort. */
export async function fetchLogTail(
  client: KaggleClient,
  run: ResolvedRun,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const stored = await fetchStoredLog(client, run, { timeout: 30, signal });
    return tail(withoutMarker(stored), tailLines) || undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
