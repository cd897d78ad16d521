/** A request as a server received it. */
export interface Seen {
  place: 'api' | 'storage' | 'other';
  method: string;
  /** Path without the query. */
  path: string;
  query: string;
  headers: Record<string, string>;
  /** The body, if it is JSON, and its text. */
  json?: unknown;
  text?: string;
}

/** An answer to give instead of the emulator's, to requests whose path ends with `path`. */
export interface Answer {
  place?: Seen['place'];
  /** The end of the path, for example `/ListKernels`; default any. */
  path?: string;
  method?: string;
  /** How many requests get it; default 1. */
  times?: number;
  /** How many matching requests pass before. */
  after?: number;
  status?: number;
  headers?: Record<string, string>;
  /** The body: a text as it is, anything else as JSON. */
  body?: unknown;
  /** Milliseconds before the answer. */
  delay?: number;
  /** Sends the body in pieces of so many bytes, a few milliseconds apart. */
  pieceSize?: number;
  /** Breaks the connection off after so many bytes of the body. */
  cut?: number;
  /** The emulator's own answer (status and body of the rule do not count), with the byte at this index changed. */
  flip?: number;
  /** The emulator's own answer, for use with `cut`, `pieceSize` and `headers`. */
  genuine?: boolean;
}

/** Rules of the emulator itself, for what happens below HTTP: see the fault rules of `kaggle-ts/testing`. */
export type Fault = Record<string, unknown>;

/** A file of `pattern(size, seed)`. */
export interface Content {
  name: string;
  size: number;
  seed: number;
}

/** What is to be there before a case begins. */
export interface Seed {
  dataset?: { owner: string; slug: string; files: Content[] };
  /** A kernel whose only run left these files. */
  kernel?: { owner: string; slug: string; files: Content[] };
}

export interface Held {
  name: string;
  size: number;
  sha256: string;
}

/** What the emulator holds. */
export interface Holdings {
  /** How many requests met a fault. */
  met: number;
  uploads: (Held & { token: string; done: boolean; used: boolean })[];
  /** Versions, by `owner/slug`. */
  datasets: Record<string, { number: number; notes: string; files: Held[] }[]>;
  /** Files of the last run, by `owner/slug`. */
  outputs: Record<string, Held[]>;
}

/** What was recorded between pages and their proxy. */
export interface Recorded {
  /** Bytes that pages sent. */
  sent: number;
  /** Bytes that pages received. */
  received: number;
  /** Connections that were cut. */
  cuts: number;
  /** Number of secrets that were searched for. */
  secrets: number;
  /** Those that were found in any encoding. */
  found: string[];
  /** Whether the text was found that must be there. */
  known: boolean;
  /** Lines of the proxy's own log. */
  lines: number;
}

/** What a case can do to the servers that it talks to. */
export interface Control {
  /** Fresh state: no datasets, no kernels, no rules, no recorded requests; the emulator's own options. */
  reset(): Promise<void>;
  /** Other options of the emulator, until the next reset. */
  options(options: Record<string, unknown>): Promise<void>;
  seed(seed: Seed): Promise<void>;
  holdings(): Promise<Holdings>;
  answer(rule: Answer): Promise<void>;
  fault(rule: Fault): Promise<void>;
  /** Resets the next connection of a page to its proxy that has sent this many bytes of an upload. */
  cutProxy(bytes: number): Promise<void>;
  /** Searches what pages and their proxy sent each other for secrets, and for `known`. */
  recorded(known: string): Promise<Recorded>;
  /** What was asked for since the last reset, in order; preflights of browsers are left out. */
  requests(filter?: { place?: Seen['place']; path?: string }): Promise<Seen[]>;
}

/** A control over HTTP. */
export function openControl(url: string): Control {
  async function post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${text}`);
  }
  return {
    reset: () => post('/reset', {}),
    options: (options) => post('/options', options),
    seed: (seed) => post('/seed', seed),
    holdings: async () => (await fetch(`${url}/holdings`)).json(),
    answer: (rule) => post('/answer', rule),
    fault: (rule) => post('/fault', rule),
    cutProxy: (bytes) => post('/cut', { bytes }),
    recorded: async (known) => (await fetch(`${url}/recorded?${new URLSearchParams({ known })}`)).json(),
    async requests({ place, path } = {}) {
      const seen = (await (await fetch(`${url}/requests`)).json()) as Seen[];
      return seen.filter(
        (item) => item.method !== 'OPTIONS' && (!place || item.place === place) && (!path || item.path.endsWith(path)),
      );
    },
  };
}
