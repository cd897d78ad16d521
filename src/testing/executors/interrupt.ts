/** Values of the shared byte: one interrupts the interpreter, the other ends the worker. */
export const interruptNow = 2;
export const endNow = 255;

/** Pyodide's view of signals: it reads the number at 0, then writes 0 there. */
export interface Signals {
  0: number;
}

/**
 * Wraps the shared byte for pyodide. Pyodide writes 0 even if it has read 0, and so erases a signal that arrives in
 * between, mostly in a tight loop on a busy machine. This wrapper only clears a signal that was read.
 */
export function keepSignals(shared: Uint8Array): Signals {
  let read = 0;
  return {
    get 0() {
      read = Atomics.load(shared, 0);
      return read;
    },
    set 0(value) {
      if (read !== 0) Atomics.store(shared, 0, value);
      read = 0;
    },
  };
}
