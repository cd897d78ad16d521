import type { StateStore } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { memoryState } from '../../src/platform/memory/state.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';

/** Thrown by every effect of a process that was killed. */
export class Killed extends Error {}

/** When a process is killed: before or after its effect number `at`, from 1, or its first call of a method. */
export interface Kill {
  readonly at: number | string;
  readonly when: 'before' | 'after';
}

export interface WorldOptions {
  /** Seconds from a push until GetKernel shows the version. */
  readonly late?: number;
  /** State store that all processes share; `undefined` for none. */
  readonly state?: StateStore | undefined;
  /** Answers in place of the server, which is `ask`. */
  readonly answer?: (
    method: string,
    request: Request,
    ask: (request: Request) => Promise<Response>,
  ) => Promise<Response>;
}

/** A process with a client. */
export interface Process {
  readonly client: KaggleClient;
  /** Number of requests and calls of the state store so far. */
  effects(): number;
  /** Names of the called methods. */
  readonly calls: string[];
  readonly warnings: string[];
}

/**
 * An emulator, a clock that only pauses move, and processes that can be killed at each effect: a request, or a call of the state
 * store.
 */
export function createWorld({ late = 0, state, answer = (_method, request, ask) => ask(request) }: WorldOptions = {}) {
  let now = Date.UTC(2026, 0, 1);
  const emulator = createEmulator({ executor: scriptedExecutor(() => {}), lag: 0, now: () => now });

  const versions = (slug = 'my-job-one') => emulator.state.kernels.get(`alice/${slug}`)?.versions ?? [];

  /** GetKernel as a server answers it that shows versions late. */
  async function showLate(request: Request): Promise<Response> {
    const body = (await request.clone().json()) as { kernelSlug: string; versionLabel?: string };
    const visible = versions(body.kernelSlug).filter(({ created }) => created <= now - late * 1000);
    const label = body.versionLabel ?? `v${visible.at(-1)?.number ?? 0}`;
    const isVisible = visible.some(({ number }) => `v${number}` === label);
    const asked = JSON.stringify({ ...body, ...(isVisible ? { versionLabel: label } : { versionLabel: 'v0' }) });
    const response = await emulator.fetch(new Request(request, { body: asked }));
    if (!response.ok) return response;
    const found = await response.json();
    return Response.json({ ...found, metadata: { ...found.metadata, currentVersionNumber: visible.at(-1)!.number } });
  }

  /** A new process, which has nothing of others but the state store. */
  function connect(kill?: Kill): Process {
    let effects = 0;
    let dead = false;
    const calls: string[] = [];
    const warnings: string[] = [];
    const locks = new Set<() => Promise<void>>();

    function die(): never {
      dead = true;
      // The lock of a process that died does not count.
      for (const release of locks) void release();
      throw new Killed('killed');
    }
    async function effect<T>(work: () => Promise<T>, method?: string): Promise<T> {
      if (dead) throw new Killed('killed');
      const number = ++effects;
      const isHere = kill?.at === number || (method !== undefined && kill?.at === method);
      if (isHere && kill?.when === 'before') die();
      const result = await work();
      if (isHere && kill?.when === 'after') die();
      if (dead) throw new Killed('killed');
      return result;
    }
    const store: StateStore | undefined = state && {
      get: (key) => effect(() => state.get(key)),
      set: (key, value) => effect(() => state.set(key, value)),
      delete: (key) => effect(() => state.delete(key)),
      ...(state.claim && {
        claim: (key) =>
          effect(async () => {
            const release = await state.claim!(key);
            if (!release) return undefined;
            locks.add(release);
            return async () => {
              await effect(release);
              locks.delete(release);
            };
          }),
      }),
    };
    const client = createClient({
      token: 'KGAT_test',
      endpoint: 'http://kaggle.test',
      retry: 0,
      platform: {
        ...memoryPlatform(),
        state: store!,
        log: (line) => void warnings.push(line),
        clock: {
          now: () => now,
          random: () => 0,
          async sleep(ms, signal) {
            signal?.throwIfAborted();
            if (dead) throw new Killed('killed');
            now += ms;
            await new Promise((resolve) => setTimeout(resolve, 0));
            signal?.throwIfAborted();
          },
        },
      },
      fetch(request) {
        const method = new URL(request.url).pathname.split('/').at(-1)!;
        return effect(() => {
          calls.push(method);
          return answer(method, request, method === 'GetKernel' ? showLate : emulator.fetch);
        }, method);
      },
    });
    return { client, effects: () => effects, calls, warnings };
  }

  return {
    emulator,
    versions,
    connect,
    now: () => now,
    wait(seconds: number): void {
      now += seconds * 1000;
    },
  };
}

export { memoryState };
