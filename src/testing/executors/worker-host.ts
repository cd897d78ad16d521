/** Implements the calls from the realm to the worker. */
import { createLogLimit } from '../log-limit.ts';
import { endNow, type Signals } from './interrupt.ts';
import type { Host } from './realm-globals.ts';

/** The functions that the calls of the realm are passed to. */
export interface HostFunctions {
  read(url: string, integrity: string): Promise<Uint8Array>;
  write(stream: 'stdout' | 'stderr', text: string): void;
  file(name: string, bytes: Uint8Array): void;
  leaveOut(name: string, why: string): void;
  /** The signals of the run. */
  signals(): Signals;
  /** Ends the worker. */
  end(): void;
}

export function createHost(functions: HostFunctions): Host {
  // Saved now, as the scope is emptied before the kernel starts.
  const { TextDecoder, performance, crypto, setTimeout, btoa } = globalThis;
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const encoder = new TextEncoder();
  const limitLog = createLogLimit();
  return {
    read(url, integrity, done, failed) {
      functions.read(url, integrity).then(done, (error: Error) => failed(error.message));
    },
    write(stream, bytes) {
      // Whole characters only, and within the limit of the log, as a kernel may write faster than the emulator reads.
      const text = limitLog(decoders[stream].decode(bytes, { stream: true }));
      if (text) functions.write(stream, text);
    },
    file: functions.file,
    leaveOut: functions.leaveOut,
    random: (view) => void crypto.getRandomValues(view as Uint8Array<ArrayBuffer>),
    now: () => performance.now(),
    later: (task, milliseconds) => void setTimeout(task, milliseconds),
    base64: (text) => btoa(text),
    decoder: (label, fatal, ignoreBOM) => new TextDecoder(label, { fatal, ignoreBOM }),
    decode: (decoder, bytes, stream) => (decoder as TextDecoder).decode(bytes, { stream }),
    encode(text, view, counts) {
      const { read, written } = encoder.encodeInto(text, view as Uint8Array<ArrayBuffer>);
      counts.set([read, written]);
    },
    signal() {
      const signal = functions.signals()[0];
      if (signal !== endNow) return signal;
      functions.end();
      return 0;
    },
    clearSignal() {
      functions.signals()[0] = 0;
    },
  };
}
