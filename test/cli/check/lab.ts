import { vi } from 'vitest';
import { type CheckedAll, checkAll } from '../../../src/cli/check/all.ts';
import { verdict } from '../../../src/cli/check/inquiry.ts';
import type { Inside } from '../../../src/cli/check/question.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import type { Credential } from '../../../src/core/auth/credential.ts';
import { memoryPlatform } from '../../../src/platform/memory/index.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../../src/testing/index.ts';

/** One request and its answer on the way back, before it is changed. */
export interface Passing {
  readonly request: Request;
  readonly url: URL;
  /** The method of an RPC. */
  readonly rpc: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON, as the server sees it
  readonly body: any;
  /** Absent where the connection is cut. */
  readonly response: Response | undefined;
  /** Whether the output of the check's kernel was fetched. */
  readonly done: boolean;
  readonly emulator: Emulator;
}

/** Answers otherwise than the emulator; `undefined` leaves the answer as it is. */
export type Change = (passing: Passing) => Response | undefined | Promise<Response | undefined>;

export interface Lab {
  changes?: readonly Change[];
  /** What the kernel tells otherwise. */
  inside?: Partial<Inside>;
  endpoint?: string;
  credential?: Credential;
  /** Of the emulator. */
  options?: EmulatorOptions;
  now?: () => number;
  signal?: AbortSignal;
  /** Told of each line that is printed. */
  onLine?: (line: string) => void;
}

export interface Result extends CheckedAll {
  lines: string[];
  emulator: Emulator;
  /** Ids by what came of them. */
  ids(wanted: 'agrees' | 'differs' | 'not seen'): string[];
}

/** Pauses pass at once; what counts as dead after a minute stays. */
export function hurry(): void {
  const real = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0, ...rest: unknown[]) =>
    real(run, ms >= 60_000 ? ms : Math.min(ms / 200, 20), ...rest),
  );
}

const encode = (text: string) => new TextEncoder().encode(text);
const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

/** What the check's kernel does, without Python. */
export function pretend(emulator: () => Emulator, inside: Partial<Inside>) {
  return scriptedExecutor(async ({ text, inputs, env, onOutput, signal }) => {
    const word = /\bword\\*":\s*\\*"(\w+)/.exec(text)?.[1];
    if (word === undefined) return {};
    const session = env.KAGGLE_CONTAINER_NAME!.split('-').at(-1);
    onOutput('stdout', `##kaggle-ts session=${session}##\n`);
    onOutput('stdout', `the word is ${word}\n`);
    const isRead = () => emulator().state.requests.some(({ path }) => path.includes('/kernels/logs/stream/'));
    for (let pauses = 0; pauses < 300 && !isRead() && !signal.aborted; pauses++) await pause();
    onOutput('stderr', 'and to stderr too\n');
    const told: Inside = {
      variables: Object.keys(env),
      runType: env.KAGGLE_KERNEL_RUN_TYPE!,
      container: env.KAGGLE_CONTAINER_NAME!.replace(/\d/g, '0').replace(/[a-z]/gi, 'a'),
      inputs: inputs.flatMap(({ mount, files }) => files.map(({ name }) => `${mount}/${name}`)),
      working: [],
      folder: '/kaggle/working',
      ...inside,
    };
    const slug = inputs[0]!.mount.split('/').at(-1)!;
    return {
      files: [
        { name: 'result.txt', data: encode(`${word} 6\n`) },
        { name: 'folder/bytes.bin', data: Uint8Array.from({ length: 2048 }, (_, index) => index & 255) },
        { name: 'größe 1.txt', data: encode('a blank and an umlaut\n') },
        { name: '.hidden', data: encode('a dot\n') },
        { name: 'inside.json', data: encode(JSON.stringify(told).replaceAll('<slug>', slug)) },
      ],
    };
  });
}

/**
 * The emulator's clock. It stands still from the creation of a dataset, and from a push, until the check has looked at them: a
 * machine that is busy would be too late otherwise.
 */
function createClock() {
  let stopped: number | undefined;
  let until: string | undefined;
  return {
    now: () => stopped ?? Date.now(),
    before(
      rpc: string | undefined,
      body: { files?: unknown[]; kernelExecutionType?: string; body?: { files: unknown[] } },
    ) {
      const makes = rpc === 'CreateDataset' && body.files!.length > 0;
      const pushes = rpc === 'SaveKernel' && body.kernelExecutionType !== 'QUICK_SAVE';
      if (makes || pushes) stopped = Date.now();
      if (pushes) until = 'GetKernelSessionStatus';
      if (rpc === 'CreateDatasetVersion' && body.body!.files.length === 0) until = 'GetDatasetStatus';
    },
    after(rpc: string | undefined) {
      if (rpc !== undefined && rpc === until) stopped = until = undefined;
    },
  };
}

/** Runs the whole check in this process against an emulator, which may be made to differ. */
export async function runLab(lab: Lab = {}): Promise<Result> {
  const { endpoint = 'http://localhost:7777', credential = { type: 'bearer', token: 'KGAT_test' } } = lab;
  let done = false;
  const clock = createClock();
  const emulator: Emulator = createEmulator({
    lag: 15,
    processing: 60,
    ...lab.options,
    // Nothing runs before somebody has seen it in the queue.
    concurrency: 0,
    now: clock.now,
    executor: pretend(() => emulator, lab.inside ?? {}),
  });
  const call = (rpc: string, body: object) => {
    const headers = { authorization: 'Bearer KGAT_other', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return emulator.fetch(new Request(`http://localhost:7777/api/v1/kernels.KernelsApiService/${rpc}`, init));
  };
  emulator.state.users.push({ username: 'somebody-else', userId: 99, token: 'KGAT_other' });

  async function fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const rpc = /\/v1\/[\w.]+Service\/(\w+)$/.exec(url.pathname)?.[1];
    const body = rpc && request.method === 'POST' ? await request.clone().json() : undefined;
    clock.before(rpc, body);
    let response: Response | undefined = await emulator.fetch(request).catch(() => undefined);
    clock.after(rpc);
    if (url.pathname.endsWith('/inside.json') && response) done = true;
    const isQueued = rpc === 'GetKernelSessionStatus' && response?.ok && (await response.clone().text()) === '{}';
    if (isQueued && emulator.options.concurrency === 0) {
      emulator.options.concurrency = 2;
      // Another push makes the emulator look at its queue.
      await call('SaveKernel', {
        slug: 'somebody-else/another-one',
        newTitle: 'Another one',
        text: '',
        isPrivate: true,
      });
    }
    for (const change of lab.changes ?? []) {
      response = (await change({ request, url, rpc, body, response, done, emulator })) ?? response;
    }
    if (!response) throw new TypeError('fetch failed');
    return response;
  }

  const lines: string[] = [];
  const print = (line = '') => {
    lines.push(line);
    lab.onLine?.(line);
  };
  const terminal: Terminal = {
    live: false,
    width: 80,
    print,
    note: print,
    draft() {},
    json: (value) => print(JSON.stringify(value)),
  };
  try {
    const checked = await checkAll({
      endpoint,
      credential,
      platform: { ...memoryPlatform(), state: undefined },
      fetch,
      now: lab.now,
      terminal,
      signal: lab.signal ?? new AbortController().signal,
      timeout: 900,
    });
    const ids = (wanted: string) =>
      checked.answered.filter((one) => verdict(one) === wanted).map(({ question }) => question.id);
    return { ...checked, lines, emulator, ids };
  } finally {
    await emulator.close();
  }
}
