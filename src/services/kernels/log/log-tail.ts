import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import { tail } from './log-entry.ts';
import { withoutMarker } from './marker.ts';
import { fetchStoredLog } from './stored-log.ts';

/** How many lines of the log go into an error. */
export const tailLines: number = 20;

/** The end of a run's stored log, or `undefined` when it cannot be had: then the failure itself counts. */
export async function fetchLogTail(client: KaggleClient, run: RunRef): Promise<string | undefined> {
  try {
    const stored = await fetchStoredLog(client, await resolveRun(client, run), { timeout: 30 });
    return tail(withoutMarker(stored), tailLines) || undefined;
  } catch {
    return undefined;
  }
}
