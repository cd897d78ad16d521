import { Buffer } from 'node:buffer';
import { createClient } from 'kaggle-ts';
import { createProxy, type KaggleProxy, runJobs } from 'kaggle-ts/proxy';
import type { Tap } from '../../tls/front.ts';
import type { Recorded } from '../control.ts';

/** A proxy whose connections to pages are recorded, to be searched for what Kaggle gave to the proxy alone. */
export interface RecordedProxy extends KaggleProxy {
  /** Listens to a connection of a page. */
  tap(): Tap;
  /** Resets the next connection that has sent this many bytes of an upload. */
  cutAfter(bytes: number): void;
  /** Searches the record for secrets, and for `known`, which must be in it. */
  recorded(known: string): Recorded;
}

/** Parameters whose values are in public URLs, too. */
const ordinary = /^(?:uploadType|X-Goog-(?:Algorithm|Date|Expires|SignedHeaders)|alt|page\w*)$/i;

/** What of a URL of the storage no page may see: host, path, and the values of its parameters. */
function secretsOfUrl(text: string): string[] {
  const { host, pathname, searchParams } = new URL(text);
  const values = [...searchParams].filter(([name]) => !ordinary.test(name)).map(([, value]) => value);
  return [host, pathname, ...values];
}

/** All forms in which `secret` could be part of a text. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  // In Base64, a secret begins at one of three places of a group; the characters at its ends depend on their neighbors.
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const inner = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const escaped = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  const forms = [secret, escaped, escaped.replaceAll('/', '\\/'), encoded, encodeURIComponent(encoded), ...base64];
  return [...new Set([...forms, bytes.toString('hex')])].map((form) => Buffer.from(form));
}

/** HTTP separates a body into chunks anywhere: this joins them again. */
const joinChunks = (bytes: Buffer) =>
  Buffer.from(bytes.toString('latin1').replace(/\r\n[0-9a-f]{1,8}\r\n/gi, ''), 'latin1');

/**
 * Creates a proxy in front of an emulator. `token` is its credential; everything in the responses of the emulator that looks like
 * a token or a signed URL counts as secret.
 */
export function createRecordedProxy(options: {
  endpoint: string;
  token: string;
  storageUrl(): string;
  origins: readonly string[];
  fetch(request: Request): Promise<Response>;
}): RecordedProxy {
  const { endpoint, token, storageUrl, origins } = options;
  const secrets = new Set([token, `Bearer ${token}`]);
  const connections: { client: Buffer[]; server: Buffer[] }[] = [];
  const lines: string[] = [];
  let cutAt = Number.POSITIVE_INFINITY;
  let cuts = 0;

  /** Notes the secrets of a response of Kaggle. */
  async function learn(response: Response): Promise<void> {
    const location = response.headers.get('location') ?? '';
    const isJson = response.headers.get('content-type')?.includes('json');
    const text = isJson ? await response.clone().text() : '';
    for (const [, value] of text.matchAll(/"token":"([^"]+)"/g)) secrets.add(value!);
    for (const [url] of `${location} ${text}`.matchAll(/https?:\/\/[^\s"\\]+/g))
      if (url.startsWith(storageUrl())) for (const secret of secretsOfUrl(url)) secrets.add(secret);
  }

  const client = createClient({
    endpoint,
    token,
    verbose: (line) => lines.push(line),
    async fetch(request) {
      const response = await options.fetch(request);
      await learn(response);
      return response;
    },
  });
  const proxy = createProxy({
    client,
    allow: runJobs,
    authorize: () => ({ user: 'visitor' }),
    origins,
    onEvent: (event) => lines.push(JSON.stringify(event)),
  });

  return {
    fetch: proxy.fetch,
    tap() {
      const connection = { client: [] as Buffer[], server: [] as Buffer[] };
      connections.push(connection);
      let uploaded = 0;
      return (from, data) => {
        connection[from].push(Buffer.from(data));
        const begins = data.indexOf('PUT /') === 0;
        uploaded = begins ? data.length : from === 'client' && uploaded > 0 ? uploaded + data.length : uploaded;
        if (from === 'server' || uploaded < cutAt) return false;
        cutAt = Number.POSITIVE_INFINITY;
        cuts++;
        return true;
      };
    },
    cutAfter(bytes) {
      cutAt = bytes;
    },
    recorded(known) {
      const all = connections.flatMap(({ client, server }) => [Buffer.concat(client), Buffer.concat(server)]);
      const [sent, received] = [0, 1].map((side) =>
        all.filter((_, index) => index % 2 === side).reduce((sum, { length }) => sum + length, 0),
      );
      const shown = [...all, ...all.map(joinChunks)];
      const log = Buffer.from(lines.join('\n'));
      const isIn = (texts: readonly Buffer[]) => (secret: string) =>
        formsOf(secret).some((form) => texts.some((text) => text.includes(form)));
      // The log of the host names the storage.
      const { host } = new URL(storageUrl());
      const found = [...secrets].filter((secret) => isIn(secret === host ? shown : [...shown, log])(secret));
      return {
        sent: sent!,
        received: received!,
        cuts,
        secrets: secrets.size,
        found,
        known: isIn(shown)(known),
        lines: lines.length,
      };
    },
  };
}
