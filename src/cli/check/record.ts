import type { Aliases } from './aliases.ts';
import type { Exchange } from './observe.ts';
import { jsonOf } from './seen.ts';

/** A transcript, in the format of the recorded flows of the official clients (test/interop/flows/recording.ts). */
export interface Transcript {
  readonly client: string;
  /** Sizes of the objects in the storage, by path. */
  readonly objects: Record<string, number>;
  readonly steps: { command: string[]; exitCode: number; http: object[] }[];
}

/** Response headers that describe the server and contain no personal data. */
const keptHeaders = [
  'content-type',
  'accept-ranges',
  'content-range',
  'etag',
  'last-modified',
  'range',
  'retry-after',
  'access-control-allow-origin',
  'access-control-expose-headers',
];

function requestOf({ method, url, headers, body, sent }: Exchange, aliases: Aliases): object {
  const [range, contentRange] = [headers.get('range'), headers.get('content-range')];
  return {
    method,
    path: aliases.address(url).path,
    ...(contentRange !== null && { contentRange }),
    ...(range !== null && { range }),
    ...(body !== undefined && { body: aliases.json(body) }),
    ...(sent ? { size: sent } : undefined),
  };
}

function replyOf(exchange: Exchange, aliases: Aliases): object {
  const { status, answer, text, received, end } = exchange;
  if (status === undefined) return { dropped: true };
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = answer?.get(name);
    if (value) headers[name] = value;
  }
  const location = answer?.get('location');
  if (location) headers.location = aliases.address(location).href;
  const hash = [...(answer?.get('x-goog-hash') ?? '').matchAll(/(?:^|,) *(\w+)=/g)].map(([, kind]) => kind);
  const json = text === undefined ? undefined : jsonOf(exchange);
  const body = json === undefined ? text && aliases.free(text) : aliases.json(json);
  return {
    status,
    headers,
    ...(body !== undefined && body !== '' && { body }),
    ...(text === undefined && received > 0 && { size: received }),
    ...(hash.length > 0 && { hash }),
    ...(end === 'cut' && { broken: true }),
  };
}

/** The objects in the storage that were read completely. */
function objectsOf(exchanges: readonly Exchange[], aliases: Aliases): Record<string, number> {
  const whole = exchanges.filter(({ method, status, end, text, url }) => {
    return method === 'GET' && status === 200 && end === 'whole' && text === undefined && !url.includes('/v1/');
  });
  return Object.fromEntries(whole.map(({ url, received }) => [aliases.address(url).path.split('?')[0]!, received]));
}

/** One step for each part of the check, in order. */
export function transcribe(exchanges: readonly Exchange[], aliases: Aliases, client: string): Transcript {
  const steps: Transcript['steps'] = [];
  let last: string | undefined;
  for (const exchange of exchanges) {
    const { section } = exchange;
    if (section !== last) {
      // The name of a kernel or dataset would identify the account.
      const part = aliases.free(section.replace(/ of \S*$/, ''));
      steps.push({ command: ['kaggle-ts', 'check', 'all', part], exitCode: 0, http: [] });
    }
    last = section;
    steps.at(-1)!.http.push({ request: requestOf(exchange, aliases), reply: replyOf(exchange, aliases) });
  }
  return { client, objects: objectsOf(exchanges, aliases), steps };
}

/** The parts of a check, each starting with the first request of a section; each becomes a file. */
export function partsOf(exchanges: readonly Exchange[]): Record<string, Exchange[]> {
  const parts: Record<string, Exchange[]> = {};
  let part = 'check-live';
  for (const exchange of exchanges) {
    if (exchange.section === 'upload version 1') part = 'check-datasets';
    if (exchange.section === 'push') part = 'check-kernels';
    parts[part] ??= [];
    parts[part]!.push(exchange);
  }
  return parts;
}

/** JSON with a line for each exchange. */
export function formatTranscript({ client, objects, steps }: Transcript): string {
  const written = steps.map(({ command, exitCode, http }) => {
    const lines = http.map((exchange) => `   ${JSON.stringify(exchange)}`).join(',\n');
    return `  {"command": ${JSON.stringify(command)}, "exitCode": ${exitCode}, "http": [\n${lines}\n  ]}`;
  });
  return `{\n "client": ${JSON.stringify(client)},\n "objects": ${JSON.stringify(objects)},\n "steps": [\n${written.join(',\n')}\n ]\n}\n`;
}
