import type { KaggleClient } from '../client.ts';
import { abortable } from './watchdog.ts';

/** A number of bytes that may be held in memory at once. */
export interface Budget {
  /** Waits until `bytes` are free, first come first served; resolves to what gives them back (once). */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
}

/** A budget of `capacity` bytes. A demand for more than that waits until nothing else is held. */
export function createBudget(capacity: number): Budget {
  let held = 0;
  const waiting: { bytes: number; grant: () => void }[] = [];

  function admit(): void {
    for (let first = waiting[0]; first && (held === 0 || held + first.bytes <= capacity); first = waiting[0]) {
      waiting.shift();
      held += first.bytes;
      first.grant();
    }
  }

  return {
    async take(bytes, signal) {
      signal.throwIfAborted();
      const entry = { bytes, grant: () => {} };
      const granted = new Promise<void>((resolve) => {
        entry.grant = resolve;
      });
      let returned = false;
      const giveBack = () => {
        if (returned) return;
        returned = true;
        held -= bytes;
        admit();
      };
      waiting.push(entry);
      admit();
      try {
        await abortable(granted, signal);
      } catch (error) {
        const place = waiting.indexOf(entry);
        if (place >= 0) waiting.splice(place, 1);
        else giveBack();
        admit();
        throw error;
      }
      return giveBack;
    },
  };
}

const budgets = new WeakMap<KaggleClient, Budget>();

/** What all uploads of one client may hold: 4 MiB for each of the platform's requests, at most 32 MiB. */
export function uploadBudget(client: KaggleClient): Budget {
  let budget = budgets.get(client);
  if (!budget) {
    budget = createBudget(Math.min(32, 4 * client.platform.concurrency) * 2 ** 20);
    budgets.set(client, budget);
  }
  return budget;
}
