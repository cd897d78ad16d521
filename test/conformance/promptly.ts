/** Options of `ready` for cases that are not about waiting: the emulator is ready in a moment, so looks are close together. */
export const promptly: { timeout: number; sleep: (ms: number, signal: AbortSignal) => Promise<void> } = {
  timeout: 20,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(done, Math.min(ms, 60));
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      function done(): void {
        signal.removeEventListener('abort', stop);
        resolve();
      }
      signal.addEventListener('abort', stop, { once: true });
    }),
};
