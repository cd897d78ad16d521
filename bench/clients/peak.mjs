import { readFileSync } from 'node:fs';
import process from 'node:process';

/** The most memory that this process held so far, in MiB: VmHWM where there is a /proc, else what getrusage says. */
export function peakMiB() {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line) return Number(line[1]) / 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
