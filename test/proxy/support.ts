import type { ClientOptions, KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import {
  createProxy,
  deletions,
  type KaggleProxy,
  type ProxyEvent,
  type ProxyOptions,
  runJobs,
} from '../../src/proxy/index.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';

/** The token of the proxy: nothing else contains this text. */
export const token = 'KGAT_test';
export const home = 'https://app.example.com';

/** What reached the page, as text: statuses, headers and bodies. */
export interface Wire {
  readonly sent: Request[];
  text: string;
}

export interface Scene {
  readonly emulator: Emulator;
  readonly proxy: KaggleProxy;
  readonly events: ProxyEvent[];
  readonly wire: Wire;
  /** The client in the page of a user; without a user, of `alice`. */
  page(user?: string, options?: ClientOptions): KaggleClient;
  /** Sends a request as a page does, with all required headers unless they are replaced. */
  send(path: string, init?: RequestInit): Promise<Response>;
}

/** The kernel of all tests: two lines and a file. */
const executor = () =>
  scriptedExecutor((job) => {
    job.onOutput('stdout', 'first\n');
    job.onOutput('stdout', 'second\n');
    return { files: [{ name: 'result.txt', data: new TextEncoder().encode('6 * 7 = 42') }] };
  });

async function record(wire: Wire, response: Response): Promise<Response> {
  wire.text += `\n${response.status} ${JSON.stringify([...response.headers])}\n`;
  // Files are compared by their readers.
  if (!response.body || response.headers.get('content-type') === 'application/octet-stream') return response;
  const decoder = new TextDecoder('latin1');
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        wire.text += decoder.decode(chunk, { stream: true });
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, response);
}

/** A proxy in front of an emulator in this process, and pages that use it. */
export function setUp(options: Partial<ProxyOptions> = {}, emulated: EmulatorOptions = {}): Scene {
  const emulator = createEmulator({ executor: executor(), lag: 0, processing: 0, ...emulated });
  const events: ProxyEvent[] = [];
  const wire: Wire = { sent: [], text: '' };
  const proxy = createProxy({
    client: createClient({ token, fetch: emulator.fetch }),
    allow: { ...runJobs, ...deletions },
    authorize: (request) => ({ user: request.headers.get('authorization')?.replace('Session ', '') ?? 'alice' }),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return {
    emulator,
    proxy,
    events,
    wire,
    page: (user, own) =>
      createClient({
        endpoint: `${home}/kaggle`,
        credential: 'proxy',
        platform: memoryPlatform(),
        async fetch(request) {
          wire.sent.push(request);
          const headers = new Headers(request.headers);
          headers.set('origin', home);
          if (user !== undefined) headers.set('authorization', `Session ${user}`);
          return record(wire, await proxy.fetch(new Request(request, { headers })));
        },
        ...own,
      }),
    async send(path, init = {}) {
      const headers = new Headers({ 'x-kaggle-ts': `${home}/kaggle`, 'content-type': 'application/json' });
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
      return record(
        wire,
        await proxy.fetch(
          new Request(`${home}/kaggle/${path}`, {
            method: 'POST',
            body: init.method && init.method !== 'POST' ? null : '{}',
            ...init,
            headers,
          }),
        ),
      );
    },
  };
}

/** Everything that must never reach a page, in what did, without the values that the proxy encrypted. */
export function leaks({ text }: Wire): string[] {
  const plain = text.replace(/\/transfer\/[\w-]+|sealed\.[\w-]+/g, '');
  const secrets =
    /KGAT_\w*|Bearer (?!\[redacted)|Basic (?!\[redacted)|[\w.]+\.invalid\b|upload_id|X-Goog-\w+|eyJ[\w-]*\.|set-cookie|inbox\/\w+/gi;
  return [...plain.matchAll(secrets)].map(([found]) => found).filter((found) => !/^x-goog-(?:hash|stored)/.test(found));
}
