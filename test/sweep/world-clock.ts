import type { Clock } from '../../src/core/platform.ts';

/** Time that moves to the end of the shortest wait, whenever whoever uses it waits, and no request is under way. */
export interface WorldClock extends Clock {
  /** For what runs on Kaggle: its waits move the time only together with those of others. */
  readonly background: Clock;
  /** Time stands still while `work` is under way. */
  busy<T>(work: () => Promise<T>): Promise<T>;
}

interface Wait {
  readonly at: number;
  readonly isBackground: boolean;
  end(): void;
}

/** `isBusy`: something is about to start, so that time stands still. */
export function createWorldClock(began: number, isBusy: () => boolean): WorldClock {
  let now = began;
  let works = 0;
  let looking = false;
  const waits = new Set<Wait>();

  function move(): void {
    looking = false;
    if (works > 0 || ![...waits].some(({ isBackground }) => !isBackground)) return;
    if (!isBusy()) {
      const [first] = [...waits].sort((a, b) => a.at - b.at);
      now = Math.max(now, first!.at);
      waits.delete(first!);
      first!.end();
    }
    look();
  }

  /** In a moment, when what was woken up has started its own work. */
  function look(): void {
    if (looking) return;
    looking = true;
    setTimeout(() => setImmediate(move), 0);
  }

  const sleep = (isBackground: boolean) => (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        waits.delete(wait);
        reject(signal?.reason);
      };
      const wait: Wait = {
        at: now + ms,
        isBackground,
        end() {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      waits.add(wait);
      signal?.addEventListener('abort', stop, { once: true });
      look();
    });

  const clock = (isBackground: boolean): Clock => ({ now: () => now, random: () => 0, sleep: sleep(isBackground) });
  return {
    ...clock(false),
    background: clock(true),
    async busy(work) {
      works++;
      try {
        return await work();
      } finally {
        works--;
        look();
      }
    },
  };
}
