import type { Clock, StateStore } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { type MemoryPlatform, memoryPlatform } from '../../src/platform/memory/index.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';
import { createWorldClock } from './world-clock.ts';

/** When the process stops: at its effect of this number, before it is done or after. */
export interface Kill {
  readonly at: number;
  readonly after: boolean;
}

/** A process was killed. */
export class Killed extends Error {}

/** A process: what it does with the world goes through its client, and ends when it is killed. */
export interface Process {
  readonly client: KaggleClient;
  readonly platform: MemoryPlatform;
  /** Effects so far. */
  effects(): number;
  wasKilled(): boolean;
}

/** How a run of an input ends. */
export interface Outcome {
  /** Seconds that it takes. */
  readonly seconds: number;
  /** Fails with this message. */
  readonly failure?: string;
}

export interface World {
  readonly emulator: Emulator;
  readonly clock: Clock;
  /** The store that outlives processes. */
  readonly values: Map<string, string>;
  /** Starts a process, which ends at `kill`. */
  process(kill?: Kill): Process;
  /** The files of all processes. */
  readonly files: Map<string, Uint8Array>;
  /** The parameters of all versions, in order. */
  runs(): unknown[];
  /** Largest number of versions that ran at the same time. */
  busiest(): number;
  /** Seconds since the beginning. */
  seconds(): number;
  /** Requests by method name. */
  count(method: string): number;
}

/** The parameters that a version was pushed with. */
export function paramsOf(text: string): unknown {
  const [, json = 'null'] = /KAGGLE_TS_PARAMS"\] = (".*")$/m.exec(text) ?? [];
  return JSON.parse(String(JSON.parse(json)));
}

/** An emulator, and processes that come and go. All of them have one clock, which moves when all wait. */
export function createWorld(outcome: (params: unknown) => Outcome, options: EmulatorOptions = {}): World {
  const began = Date.UTC(2026, 10, 24);
  const versions = () => [...emulator.state.kernels.values()].flatMap((one) => one.versions);
  const { lag = 0 } = options;
  const clock = createWorldClock(began, () =>
    versions().some(({ status, runs, created }) => status === 'QUEUED' && runs && clock.now() >= created + lag),
  );
  const values = new Map<string, string>();
  const memory = memoryPlatform();
  let running = 0;
  let busiest = 0;
  const executor = scriptedExecutor(async ({ text, signal, env, onOutput }) => {
    // As the prologue does, so that the run can be canceled.
    onOutput('stdout', `##kaggle-ts session=${env.KAGGLE_CONTAINER_NAME!.split('-').at(-1)}##\n`);
    busiest = Math.max(busiest, ++running);
    try {
      const { seconds, failure } = outcome(paramsOf(text));
      await clock.background.sleep(seconds * 1000, signal);
      if (failure !== undefined) throw new Error(failure);
      return { files: [{ name: 'params.txt', data: new TextEncoder().encode(JSON.stringify(paramsOf(text))) }] };
    } finally {
      running--;
    }
  });
  const emulator = createEmulator({ executor, lag: 0, concurrency: 100, now: () => clock.now(), ...options });

  function startProcess(kill: Kill = { at: Number.POSITIVE_INFINITY, after: false }): Process {
    let effects = 0;
    let dead = false;
    const locks = new Set<string>();
    async function effect<T>(work: () => Promise<T>): Promise<T> {
      if (dead) throw new Killed();
      const isLast = ++effects === kill.at;
      dead = isLast && !kill.after;
      if (dead) throw new Killed();
      const result = await work();
      if (isLast) dead = true;
      if (dead) throw new Killed();
      return result;
    }
    const state: StateStore = {
      get: (key) => effect(async () => JSON.parse(values.get(key) ?? 'null') ?? undefined),
      set: (key, value) => effect(async () => void values.set(key, JSON.stringify(value))),
      delete: (key) => effect(async () => void values.delete(key)),
      // The lock of a process that has ended does not count.
      claim: async (key) => {
        if (locks.has(key)) return undefined;
        locks.add(key);
        return async () => void locks.delete(key);
      },
    };
    const platform: MemoryPlatform = {
      ...memory,
      state,
      clock: { ...clock, sleep: (ms, signal) => effect(() => clock.sleep(ms, signal)) },
      log: () => undefined,
    };
    const client = createClient({
      token: 'KGAT_test',
      platform,
      fetch: (request) => effect(() => clock.busy(() => emulator.fetch(request))),
      endpoint: 'http://kaggle.test',
    });
    return { client, platform, effects: () => effects, wasKilled: () => dead };
  }

  return {
    emulator,
    clock,
    values,
    process: startProcess,
    files: memory.files,
    runs: () => versions().map(({ text }) => paramsOf(text)),
    busiest: () => busiest,
    seconds: () => (clock.now() - began) / 1000,
    count: (method) => emulator.state.requests.filter(({ rpc }) => rpc === method).length,
  };
}
