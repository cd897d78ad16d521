import type { Credential } from '../../core/auth/credential.ts';
import type { Platform } from '../../core/platform.ts';
import type { ClientOptions, KaggleClient } from '../../core/rpc/client.ts';
import { createClient } from '../../core/rpc/create-client.ts';
import { http } from '../../core/rpc/http.ts';
import { retryAfterOf } from '../../core/rpc/retry.ts';
import { sleep } from '../../core/sleep.ts';
import type { Observer } from './observe.ts';
import { type AskOptions, type Facts, NotSeen, type Reply, type Scene } from './question.ts';

/** Milliseconds after which a question counts as unanswered. */
const patience = 60_000;

/** Milliseconds of a pause that the server asks for, at most. */
const longestPause = 60_000;

/** The options of a client that has the credential. */
export function asOptions(credential: Credential | undefined): Pick<ClientOptions, 'token' | 'username' | 'key'> {
  if (!credential) return {};
  if (credential.type === 'bearer') return { token: credential.token };
  return { username: credential.username, key: credential.key };
}

/** Sends a request and reads the response. A closed connection counts as a response, a timeout does not. */
async function readReply(
  send: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
  hide: (text: string) => string,
): Promise<Reply> {
  const limit = AbortSignal.timeout(patience);
  try {
    const response = await send(AbortSignal.any([signal, limit]));
    const text = hide(await response.text());
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  } catch {
    signal.throwIfAborted();
    if (limit.aborted) throw new NotSeen(`no response within ${patience / 1000} s`);
    return { status: 0, headers: new Headers(), text: '', json: undefined };
  }
}

/** Retries a 429 at most twice. */
async function patiently(ask: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  for (let tries = 0; ; tries++) {
    const reply = await ask();
    if (reply.status !== 429) return reply;
    if (tries === 2) throw new NotSeen('too many requests (429)');
    const asked = retryAfterOf(reply.headers) ?? longestPause / 2;
    await sleep(Math.min(asked, longestPause), signal);
  }
}

export interface SceneOptions {
  client: KaggleClient;
  credential: Credential | undefined;
  platform: Platform;
  observer: Observer;
  /** Removes the secret from a response. */
  hide(text: string): string;
  facts: Partial<Facts>;
  signal: AbortSignal;
}

export function createScene({ client, credential, platform, observer, hide, facts, signal }: SceneOptions): Scene {
  const kept = new Map<string, Promise<unknown>>();
  const init = { redirect: 'manual', retry: 0, timeout: false, throwHttpErrors: false } as const;
  return {
    client,
    credential,
    exchanges: observer.exchanges,
    signal,
    fact(name) {
      const value = facts[name];
      if (value === undefined) throw new NotSeen(`the check did not reach the ${name}`);
      return value;
    },
    as: (other) => createClient({ endpoint: client.baseUrl, fetch: observer.fetch, platform, ...asOptions(other) }),
    ask(method, body, { headers, by = client }: AskOptions = {}) {
      const url = `${client.baseUrl}/${method}`;
      const post = (limit: AbortSignal) =>
        http(by)(url, { ...init, method: 'POST', json: body, headers, signal: limit });
      return patiently(() => readReply(post, signal, hide), signal);
    },
    read(path) {
      const get = (limit: AbortSignal) => http(client)(`${client.baseUrl}/${path}`, { ...init, signal: limit });
      return patiently(() => readReply(get, signal, hide), signal);
    },
    send(url, options) {
      const ask = (limit: AbortSignal) =>
        observer.fetch(new Request(url, { redirect: 'manual', signal: limit, ...options }));
      return readReply(ask, signal, hide);
    },
    once<T>(key: string, act: () => Promise<T>): Promise<T> {
      if (!kept.has(key)) kept.set(key, act());
      return kept.get(key) as Promise<T>;
    },
  };
}
