import { abortable } from '../abortable.ts';
import type { KaggleClient } from '../rpc/client.ts';

/** A limited number of units, such as bytes or connections, that may be held at a time. */
export interface Budget {
  readonly capacity: number;
  /** Raises the capacity to at least this. */
  widen(capacity: number): void;
  /** Waits until `count` units are free, first come, first served. Returns a function that releases them. */
  take(count: number, signal: AbortSignal): Promise<() => void>;
  /** Takes `count` units, or returns `undefined` if they are not free or others are waiting. */
  tryTake(count: number): (() => void) | undefined;
}

/** A budget of `initial` units. A demand for more waits until nothing else is held. */
export function createBudget(initial: number): Budget {
  let capacity = initial;
  let held = 0;
  const waiting: { count: number; grant: (release: () => void) => void }[] = [];

  const fits = (count: number) => held === 0 || held + count <= capacity;

  /** Counts units as held until they are released. */
  function hold(count: number): () => void {
    let returned = false;
    held += count;
    return () => {
      if (returned) return;
      returned = true;
      held -= count;
      admit();
    };
  }

  function admit(): void {
    for (let first = waiting[0]; first && fits(first.count); first = waiting[0]) {
      waiting.shift();
      first.grant(hold(first.count));
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
    tryTake: (count) => (waiting.length === 0 && fits(count) ? hold(count) : undefined),
    async take(count, signal) {
      signal.throwIfAborted();
      const entry = { count, grant: (_release: () => void) => {} };
      const granted = new Promise<() => void>((resolve) => {
        entry.grant = resolve;
      });
      waiting.push(entry);
      admit();
      try {
        return await abortable(granted, signal);
      } catch (error) {
        const place = waiting.indexOf(entry);
        if (place >= 0) waiting.splice(place, 1);
        else (await granted)();
        admit();
        throw error;
      }
    },
  };
}

/** Limits that all transfers of one client share. */
export interface TransferBudgets {
  /** Bytes that uploads hold: 4 MiB for each request that the platform allows, at most 32 MiB. */
  readonly memory: Budget;
  /** Connections to the storage, each held during its request: one for each request that the platform allows. */
  readonly connections: Budget;
}

const budgets = new WeakMap<KaggleClient, TransferBudgets>();

export function budgetsOf(client: KaggleClient): TransferBudgets {
  let own = budgets.get(client);
  if (!own) {
    const { concurrency } = client.platform;
    own = { memory: createBudget(Math.min(32, 4 * concurrency) * 2 ** 20), connections: createBudget(concurrency) };
    budgets.set(client, own);
  }
  return own;
}
