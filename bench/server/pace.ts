/** Seconds that a connection may have been idle and still catch up on: timers are late by a few milliseconds. */
const burst = 0.02;

/** A token bucket: `take(n)` says for how many milliseconds to wait after `n` bytes. No rate, no waiting. */
export function createPace(bytesPerSecond: number): { take(bytes: number): number } {
  let due = 0;
  return {
    take(bytes) {
      if (bytesPerSecond <= 0) return 0;
      const now = performance.now();
      due = Math.max(due, now - burst * 1000) + (bytes / bytesPerSecond) * 1000;
      // A wait of less than a millisecond is one that a timer cannot keep.
      return due - now > 1 ? due - now : 0;
    },
  };
}
