/** Values of the shared byte: interrupt the interpreter; end the worker from inside. */
export const interruptNow = 2;
export const endNow = 255;

/** What pyodide asks for signals: it reads the number at 0 and then writes 0 there. */
export interface Signals {
  0: number;
}

/**
 * The shared byte as pyodide should see it. Pyodide writes its 0 also when it read a 0, and so wipes out a signal that came
 * between the two, mostly in a tight loop on a busy machine. Here only what was read is taken away.
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
