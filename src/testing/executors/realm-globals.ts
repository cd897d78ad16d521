/** Functions that are compiled again inside the realm: the part of a Web worker that Python's interpreter needs. */

/** The calls from the realm to the worker. They take and return plain values and bytes only. */
export interface Host {
  /** Reads a file of pyodide or a wheel, until the kernel starts. */
  read(url: string, integrity: string, done: (bytes: Uint8Array) => void, failed: (message: string) => void): void;
  /** Passes on the output of the kernel. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** Adds a file to the output. */
  file(name: string, bytes: Uint8Array): void;
  /** Reports something that is not part of the output, with the reason. */
  leaveOut(name: string, why: string): void;
  random(view: Uint8Array): void;
  now(): number;
  later(task: () => void, milliseconds: number): void;
  base64(text: string): string;
  decoder(label: string, fatal: boolean, ignoreBOM: boolean): object;
  decode(decoder: object, bytes: Uint8Array, stream: boolean): string;
  /** Encodes text into a view. `counts` gets the number of code units read and of bytes written. */
  encode(text: string, view: Uint8Array, counts: Float64Array): void;
  /** The pending signal; see `keepSignals`. */
  signal(): number;
  clearSignal(): void;
}

/**
 * Wraps the calls in functions of the realm. Errors of the worker are objects of the outer scope, so they are
 * replaced.
 */
export function hideOuterErrors(host: Host): Host {
  const wrapped: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(host)) {
    wrapped[name] = (...values: unknown[]) => {
      try {
        return call(...values);
      } catch {
        throw new TypeError(`${name}: not available in the emulator`);
      }
    };
  }
  return wrapped as unknown as Host;
}

/** Sets the time zone of the realm to UTC, as on Kaggle. A kernel must not see that of the machine. */
export function keepUtc(): void {
  const methods = Date.prototype as unknown as Record<string, unknown>;
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    methods[`get${part}`] = methods[`getUTC${part}`];
    methods[`set${part}`] = methods[`setUTC${part}`];
  }
  methods.getTimezoneOffset = () => 0;
  const utc = (values: unknown[]) => (values.length > 1 ? [Date.UTC(...(values as [number, number]))] : values);
  globalThis.Date = new Proxy(Date, {
    construct: (made, values, kind) => Reflect.construct(made, utc(values), kind) as Date,
  });
}

/**
 * Makes the realm look like a Web worker whose only server is the folder of pyodide. Returns a function that removes
 * what is needed for the start only.
 */
export function addWebGlobals(host: Host): () => void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const webAssembly = WebAssembly as unknown as Record<string, unknown>;

  class RealmDecoder {
    readonly #decoder: object;
    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      this.#decoder = host.decoder(String(label), Boolean(fatal), Boolean(ignoreBOM));
    }
    decode(bytes?: Uint8Array, { stream = false } = {}): string {
      return host.decode(this.#decoder, bytes ?? new Uint8Array(0), Boolean(stream));
    }
  }

  class RealmEncoder {
    encode(text: string): Uint8Array {
      const bytes = new Uint8Array(String(text).length * 3);
      return bytes.slice(0, this.encodeInto(text, bytes).written);
    }
    encodeInto(text: string, view: Uint8Array): { read: number; written: number } {
      const counts = new Float64Array(2);
      host.encode(String(text), view, counts);
      return { read: counts[0]!, written: counts[1]! };
    }
  }

  class Address {
    readonly href: string;
    constructor(path: string, base: unknown = '') {
      this.href = String(path).includes('://') ? String(path) : String(base) + path;
    }
    toString(): string {
      return this.href;
    }
  }

  const get = (url: unknown, { integrity = '' } = {}) =>
    new Promise((resolve, reject) => {
      const done = (bytes: Uint8Array) => {
        const own = new Uint8Array(bytes);
        const json = async () => JSON.parse(new RealmDecoder().decode(own));
        resolve({ ok: true, arrayBuffer: async () => own.buffer, json });
      };
      host.read(String(url), String(integrity), done, (message) => reject(new Error(message)));
    });

  let timers = 0;
  const setTimeout = (task: () => void, milliseconds: number) => {
    host.later(() => task(), Number(milliseconds) || 0);
    return ++timers;
  };
  let starting = true;
  const print = (...values: unknown[]) => {
    // After the start, pyodide only prints how to report a crash.
    if (starting) host.write('stderr', new RealmEncoder().encode(`${values.map(String).join(' ')}\n`));
  };

  const lasting = {
    self: scope,
    TextDecoder: RealmDecoder,
    TextEncoder: RealmEncoder,
    console: { log: print, warn: print, error: print },
    performance: { now: () => host.now() },
    crypto: {
      getRandomValues(view: Uint8Array) {
        host.random(view);
        return view;
      },
    },
    setTimeout,
    clearTimeout: () => {},
  };
  const forTheStart = {
    fetch: get,
    URL: Address,
    location: new Address('https://interpreter.invalid/'),
    // Pyodide checks that `self` is an instance.
    WorkerGlobalScope: Object.defineProperty(() => {}, Symbol.hasInstance, { value: () => true }),
    btoa: (text: string) => host.base64(String(text)),
  };
  Object.assign(scope, lasting, forTheStart);
  webAssembly.instantiateStreaming = async (answer: Promise<Response>, imports: WebAssembly.Imports) =>
    WebAssembly.instantiate(await (await answer).arrayBuffer(), imports);
  return () => {
    starting = false;
    for (const name of Object.keys(forTheStart)) delete scope[name];
    delete webAssembly.instantiateStreaming;
    delete webAssembly.compileStreaming;
  };
}
