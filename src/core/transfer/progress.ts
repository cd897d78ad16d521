import type { Progress } from '../progress.ts';

/** Reports one file. Whatever it is told, what it reports never falls and never passes `total`. */
export interface Reporter {
  report(transferred: number, total?: number): void;
  done(total: number): void;
}

/** A reporter for `file`; a repeated value is reported once. */
export function startProgress(
  file: string,
  phase: 'upload' | 'download',
  onProgress: ((progress: Progress) => void) | undefined,
): Reporter {
  let best = -1;
  return {
    report(transferred, total) {
      const value = total === undefined ? transferred : Math.min(transferred, total);
      if (value <= best) return;
      best = value;
      onProgress?.({ file, transferred: value, total, phase });
    },
    done(total) {
      best = total;
      onProgress?.({ file, transferred: total, total, phase: 'done' });
    },
  };
}
