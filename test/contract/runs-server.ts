import type { Clock } from '../../src/core/platform.ts';
import { createFake, json, refuse } from './kernels-fake.ts';

/** What a run does, in seconds since its push. */
export interface Script {
  /** Its run exists, after 404. @default 2 */
  exists?: number;
  /** It starts. @default 10 */
  starts?: number;
  /** Its log ends; its output is saved for 5 seconds more. @default 60 */
  ends?: number;
  status?: 'COMPLETE' | 'ERROR';
  failureMessage?: string;
  /** The lines of its log, with their times since its start. @default One every 10 seconds. */
  lines?: (readonly [seconds: number, text: string])[];
  /** Since then, the kernel is deleted. */
  deleted?: number;
  /** It belongs to somebody else. */
  isPrivate?: boolean;
}

export interface ServerOptions {
  /** Requests per minute from which on the server returns 429. */
  limit?: number;
  /** Seconds of the Retry-After of a 429. */
  retryAfter?: number;
  /** Replaces the response to a request: for faults. `count` is the number of the request, from 1. */
  fault?: (what: 'status' | 'log' | 'stored', slug: string, count: number) => Response | undefined;
}

interface Line {
  stream_name: string;
  time: number;
  data: string;
}

/** Kaggle closes a live log after so many seconds. */
const longestConnection = 150;
/** Seconds from the end of a log until its output is saved, and the status is final. */
const saving = 5;

/**
 * A server with many runs, on the time of `clock`, that behaves as Kaggle was observed: 404 before a run exists, QUEUED left out,
 * a live log that is sent from its start and closed after 150 seconds, a stored log in other pieces, 429 above a limit.
 */
export function createRunsServer(clock: Clock, runs: Record<string, Script>, options: ServerOptions = {}) {
  const requests: { at: number; what: string; slug: string }[] = [];
  let open = 0;
  let mostOpen = 0;

  const linesOf = ({ lines, starts = 10, ends = 60 }: Script): Line[] => {
    const every = () =>
      Array.from({ length: Math.ceil((ends - starts) / 10) }, (_, i) => [i * 10, `line ${i}\n`] as const);
    return (lines ?? every()).map(([time, data]) => ({ stream_name: 'stdout', time, data }));
  };

  function statusOf({ exists = 2, starts = 10, ends = 60, status = 'COMPLETE', deleted = Infinity }: Script): string {
    const now = clock.now() / 1000;
    if (now < exists || now >= deleted) return 'NONE';
    return now < starts ? 'QUEUED' : now < ends + saving ? 'RUNNING' : status;
  }

  /** Counts a request. Resolves to the response if there is no usual one. */
  function receive(what: 'status' | 'log' | 'stored', slug: string): Response | undefined {
    const now = clock.now() / 1000;
    requests.push({ at: now, what, slug });
    const { limit, retryAfter } = options;
    if (limit && (requests.at(-1 - limit)?.at ?? -60) > now - 60) {
      const response = refuse(429, 'Too many requests');
      if (retryAfter !== undefined) response.headers.set('retry-after', String(retryAfter));
      return response;
    }
    const fault = options.fault?.(what, slug, requests.length);
    if (fault) return fault;
    const run = runs[slug];
    if (!run || run.isPrivate) return refuse(403, "Permission 'kernels.get' was denied");
    return statusOf(run) === 'NONE' ? refuse(404, 'No runs found for this kernel.') : undefined;
  }

  function stream(script: Script): Response {
    const { starts = 10, ends = 60 } = script;
    const lines = linesOf(script);
    const closes = clock.now() / 1000 + longestConnection;
    const closed = new AbortController();
    const encoder = new TextEncoder();
    let sent = 0;
    open++;
    mostOpen = Math.max(mostOpen, open);
    closed.signal.addEventListener('abort', () => open--);
    const until = async (seconds: number) => {
      const ms = seconds * 1000 - clock.now();
      if (ms > 0) await clock.sleep(ms, closed.signal);
    };
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const line = lines[sent++];
          const at = line ? starts + line.time : ends;
          await until(Math.min(at, closes));
          if (at > closes) closed.abort();
          else if (line) return controller.enqueue(encoder.encode(`data: ${JSON.stringify(line)}\n\n`));
          else controller.enqueue(encoder.encode('data: END_OF_LOG\n\n'));
          controller.close();
          closed.abort();
        },
        cancel: () => closed.abort(),
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  const stored = (script: Script) => {
    // In one piece per two lines: the pieces of the stored log are not those of the live one.
    const lines = linesOf(script);
    return lines.flatMap((line, index) =>
      index % 2 ? [] : [{ ...line, data: line.data + (lines[index + 1]?.data ?? '') }],
    );
  };

  const ended = (script: Script) => !/NONE|QUEUED|RUNNING/.test(statusOf(script));
  const logs = Object.entries(runs).map(([slug, script]) => [
    `GET kernels/logs/stream/alice/${slug}`,
    () =>
      receive('log', slug) ??
      (ended(script) ? json(stored(script)) : statusOf(script) === 'QUEUED' ? refuse(404) : stream(script)),
  ]);
  const fake = createFake({
    ...Object.fromEntries(logs),
    GetKernelSessionStatus({ kernelSlug }) {
      const status = statusOf(runs[kernelSlug] ?? {});
      const { failureMessage } = runs[kernelSlug] ?? {};
      return (
        receive('status', kernelSlug) ?? {
          ...(status !== 'QUEUED' && { status }),
          ...(status === 'ERROR' && { failureMessage }),
        }
      );
    },
    GetKernel({ kernelSlug }) {
      const { deleted = Number.POSITIVE_INFINITY, isPrivate } = runs[kernelSlug] ?? { isPrivate: true };
      const gone = isPrivate || clock.now() / 1000 >= deleted;
      return gone ? refuse(403, "Permission 'kernels.get' was denied") : { metadata: { id: 500 } };
    },
    ListKernelSessionOutput({ kernelSlug }) {
      const script = runs[kernelSlug] ?? {};
      const log = ended(script) ? JSON.stringify(stored(script)) : '';
      return receive('stored', kernelSlug) ?? { files: [], log };
    },
  });
  return {
    client: { ...fake.client, clock, retry: 4 },
    requests,
    /** The log of a run as text. */
    textOf: (slug: string) =>
      linesOf(runs[slug]!)
        .map(({ data }) => data)
        .join(''),
    /** The number of log connections that are open, and the highest number so far. */
    connections: () => ({ open, mostOpen }),
    /** The highest number of requests in a minute. */
    busiestMinute: () =>
      Math.max(
        ...requests.map(({ at }, index) => {
          const after = requests.slice(index).findIndex((other) => other.at >= at + 60);
          return after < 0 ? requests.length - index : after;
        }),
      ),
  };
}
