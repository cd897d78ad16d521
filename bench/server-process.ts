import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './clients/index.ts';

export interface ServerOptions {
  /** What each request waits before anything is done about it. */
  latencyMs?: number;
  /** What one connection to the storage moves at most, in MB/s (1,000,000 bytes). */
  bandwidth?: number;
}

/** The server of the bench, in a process of its own. */
export interface Server {
  url: string;
  storage: string;
  /** Asks or tells the server something that is not part of what is measured. */
  ask<T>(question: 'counters' | 'expect' | 'check' | 'files' | 'object', request?: unknown): Promise<T>;
  stop(): void;
}

export async function startServer({ latencyMs = 0, bandwidth = 0 }: ServerOptions = {}): Promise<Server> {
  const options = ['--latency-ms', String(latencyMs), '--bandwidth-per-connection', String(bandwidth)];
  const child = spawn(`${root}node_modules/.bin/bun`, [`${root}bench/server.ts`, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code} before it said its address`);
  });
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => {});
  const { url, storage } = JSON.parse(String(line)) as { url: string; storage: string };
  return {
    url,
    storage,
    async ask(question, request = {}) {
      const response = await fetch(`${url}/_bench/${question}`, { method: 'POST', body: JSON.stringify(request) });
      if (!response.ok) throw new Error(`the server answered ${question} with ${response.status}`);
      return response.json();
    },
    stop: () => child.kill(),
  };
}
