import { abortable } from '../abortable.ts';
import type { KaggleClient } from '../rpc/client.ts';

/** A number of things, bytes or connections, that may be held at once. */
export interface Budget {
  readonly capacity: number;
  /** Makes it at least so large. */
  widen(capacity: number): void;
  /** Waits until so many are free, first come first served; resolves to what gives them back (once). */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
}

/** A budget of `initial`. A demand for more than that waits until nothing else is held. */
export function createBudget(initial: number): Budget {
  let capacity = initial;
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
    get capacity() {
      return capacity;
    },
    widen(wanted) {
      capacity = Math.max(capacity, wanted);
      admit();
    },
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

/** Connections to the storage: one is held for as long as a request is under way. */
export interface Connections {
  /** Waits for a free one; resolves to what gives it back. */
  take(signal: AbortSignal): Promise<() => void>;
}

const slots = new WeakMap<KaggleClient, Budget>();

/**
 * The connections that all transfers of one client share: as many as the platform has requests under way at once, or
 * `atLeast` so many where a caller asked for more.
 */
export function connections(client: KaggleClient, atLeast = 1): Connections {
  let budget = slots.get(client);
  if (!budget) {
    budget = createBudget(client.platform.concurrency);
    slots.set(client, budget);
  }
  budget.widen(atLeast);
  return { take: (signal) => budget.take(1, signal) };
}
