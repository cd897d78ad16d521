import type { Progress } from '../core/progress.ts';
import { cleanLine, type Terminal } from './terminal.ts';
import { inBytes, inTime } from './words.ts';

/** Milliseconds between two lines about a long transfer if the output is not a terminal. */
const patience = 5000;

/** Length of the bar in characters. */
const barLength = 20;

/**
 * Prints transfers: one line per completed file and, in a terminal, a bar that is redrawn for pending ones. `verb` is what happened
 * to a file: `uploaded`, `downloaded`.
 */
export function showProgress(terminal: Terminal, verb: string, now: () => number = Date.now): (p: Progress) => void {
  const done = new Set<string>();
  const open = new Map<string, Progress>();
  let said = now();

  const state = () => {
    const all = [...open.values()];
    const moved = all.reduce((sum, { transferred }) => sum + transferred, 0);
    const total = all.reduce((sum, progress) => sum + (progress.total ?? progress.transferred), 0);
    const names = all.map(({ file }) => cleanLine(file)).join(', ');
    const rate = all.reduce((sum, progress) => sum + (progress.rate ?? 0), 0);
    const speed = rate > 0 ? `, ${inBytes(Math.round(rate))}/s, ${inTime((total - moved) / rate)} left` : '';
    const share = total > 0 ? moved / total : 0;
    const filled = Math.floor(share * barLength);
    const bar = terminal.live ? `[${'#'.repeat(filled)}${'-'.repeat(barLength - filled)}] ` : '';
    return `  ${bar}${Math.floor(share * 100)} % (${inBytes(moved)} of ${inBytes(total)}${speed}): ${names}`;
  };

  return (progress) => {
    const { file, phase, transferred } = progress;
    if (done.has(file)) return;
    if (phase === 'done') {
      done.add(file);
      open.delete(file);
      // Readers assume that a downloaded file was verified.
      const bare = progress.verified === 'length' || progress.verified === 'none';
      terminal.print(
        `  ${verb} ${cleanLine(file)} (${inBytes(transferred)}${bare ? ', verified by length only' : ''})`,
      );
      said = now();
    } else {
      if (open.size === 0) said = now();
      open.set(file, progress);
    }
    if (open.size === 0) return;
    if (terminal.live) terminal.draft(state());
    else if (now() - said >= patience) {
      terminal.print(state());
      said = now();
    }
  };
}
