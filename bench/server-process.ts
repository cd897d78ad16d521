import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { authorityFile, trusted } from '../test/tls/authority.ts';
import { root } from './clients/index.ts';

export interface ServerOptions {
  /** Over TLS, by a certificate of the tests' authority. */
  tls?: boolean;
  /** What each request waits before anything is done about it. */
  latencyMs?: number;
  /** What one connection to the storage moves at most, in MB/s (1,000,000 bytes). */
  bandwidth?: number;
}

/** The server of the bench, in a process of its own. */
export interface Server {
  url: string;
  storage: string;
  /** Variables by which clients trust it. */
  trust: Readonly<Record<string, string>>;
  /** Calls a method of the API outside of what is measured. */
  call<T>(method: string, request: unknown): Promise<T>;
  /** Asks or tells the server something that is not part of what is measured. */
  ask<T>(question: 'counters' | 'expect' | 'check' | 'files' | 'object', request?: unknown): Promise<T>;
  stop(): void;
}

/** By which the official clients and curl trust the authority, beside the runtimes. */
const trustedByPeers = { REQUESTS_CA_BUNDLE: authorityFile, CURL_CA_BUNDLE: authorityFile };

export async function startServer({ tls = false, latencyMs = 0, bandwidth = 0 }: ServerOptions = {}): Promise<Server> {
  const options = ['--latency-ms', String(latencyMs), '--bandwidth-per-connection', String(bandwidth)];
  if (tls) options.push('--tls');
  const child = spawn(`${root}node_modules/.bin/bun`, [`${root}bench/server.ts`, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code} before it said its address`);
  });
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => {});
  const { url, storage, control } = JSON.parse(String(line)) as Record<'url' | 'storage' | 'control', string>;
  const post = async <T>(path: string, request: unknown): Promise<T> => {
    const response = await fetch(`${control}/${path}`, { method: 'POST', body: JSON.stringify(request) });
    if (!response.ok) throw new Error(`the server answered ${path} with ${response.status}`);
    return response.json();
  };
  return {
    url,
    storage,
    trust: tls ? { ...trusted, ...trustedByPeers } : {},
    call: (method, request) => post(`api/v1/${method}`, request),
    ask: (question, request = {}) => post(`_bench/${question}`, request),
    stop: () => child.kill(),
  };
}
