import type { Progress, Verified } from '../progress.ts';

/** Reports the progress of one file. The reported value never falls and never exceeds `total`. */
export interface Reporter {
  report(transferred: number, total?: number): void;
  /** Counts a request that had to be repeated after a failure. */
  retried(): void;
  done(total: number, verified?: Verified): void;
}

/** Milliseconds over which the rate is measured. */
const rateWindow = 5000;
/** Milliseconds between two samples. */
const sampleInterval = 200;

/**
 * Bytes per second over the last few seconds. What exists at the first sample does not count: it may be from an earlier run.
 */
function createRate(now: () => number): (transferred: number) => number | undefined {
  const samples: { time: number; transferred: number }[] = [];
  return (transferred) => {
    const time = now();
    const last = samples.at(-1);
    if (!last || time - last.time >= sampleInterval) samples.push({ time, transferred });
    while (samples.length > 2 && time - samples[1]!.time >= rateWindow) samples.shift();
    const first = samples[0]!;
    const passed = time - first.time;
    return passed < sampleInterval ? undefined : ((transferred - first.transferred) * 1000) / passed;
  };
}

/** A reporter for `file`; equal values are reported once. */
export function startProgress(
  file: string,
  phase: 'upload' | 'download' | 'unpack',
  onProgress: ((progress: Progress) => void) | undefined,
  now: () => number = Date.now,
): Reporter {
  const rateAt = createRate(now);
  let best = -1;
  let attempt = 1;
  return {
    report(transferred, total) {
      const value = total === undefined ? transferred : Math.min(transferred, total);
      if (value <= best || !onProgress) return;
      best = value;
      const rate = rateAt(value);
      const eta = rate && total !== undefined ? (total - value) / rate : undefined;
      onProgress({ file, transferred: value, total, phase, rate, eta, attempt });
    },
    retried() {
      attempt++;
    },
    done(total, verified) {
      best = total;
      const proof = verified && { verified };
      onProgress?.({ file, transferred: total, total, phase: 'done', rate: rateAt(total), eta: 0, attempt, ...proof });
    },
  };
}
