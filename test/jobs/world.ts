import type { PartTarget } from '../../src/core/part-target.ts';
import type { ByteSource, Clock } from '../../src/core/platform.ts';
import type { ClientOptions, KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import type { AdvanceOptions, JobIo, JobPlan, JobState, JobTurn } from '../../src/services/jobs/index.ts';
import { advanceJob, beginJob } from '../../src/services/jobs/index.ts';
import type { Executor } from '../../src/testing/index.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';

/** Where the process of a step ends: at its nth effect, before or after that has happened. */
export interface Kill {
  readonly at: number;
  readonly after: boolean;
}

export const megabyte = 2 ** 20;

/** Bytes that differ from position to position. */
export function content(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let value = seed * 2654435761 + 1;
  for (let at = 0; at < size; at++) {
    value = (Math.imul(value, 1664525) + 1013904223) | 0;
    bytes[at] = value >>> 24;
  }
  return bytes;
}

/** A folder in memory that survives the processes. Parts become visible when a file is finished. */
export function memoryTarget(
  partSize?: number,
): PartTarget & { readonly files: Map<string, Uint8Array>; writes: number } {
  const parts = new Map<string, Map<number, Uint8Array>>();
  const files = new Map<string, Uint8Array>();
  return {
    partSize,
    files,
    writes: 0,
    async write({ name, position, bytes, kept }) {
      this.writes += 1;
      const own = position === 0 ? new Map<number, Uint8Array>() : parts.get(name);
      if (!own || (position > 0 && kept !== position)) return undefined;
      parts.set(name, own);
      own.set(position, bytes.slice());
      return position + bytes.length;
    },
    async finish({ name, size }) {
      const whole = new Uint8Array(size);
      for (const [position, bytes] of parts.get(name) ?? []) whole.set(bytes, position);
      files.set(name, whole);
      return true;
    },
  };
}

/** What all processes of a job share: Kaggle, the clock, the files and the target. */
export interface World {
  readonly emulator: ReturnType<typeof createEmulator>;
  readonly target: ReturnType<typeof memoryTarget>;
  readonly sources: Map<string, Uint8Array<ArrayBuffer>>;
  readonly clock: { now(): number; advance(ms: number): void };
  /** A client of a new process. `kill` ends it. */
  open(kill?: Kill, options?: ClientOptions): Process;
}

/** A process that performs one step. */
export interface Process {
  readonly client: KaggleClient;
  readonly io: JobIo;
  /** Rejects when the process is killed. */
  readonly killed: Promise<never>;
  /** Effects so far. */
  readonly effects: number;
}

export class Killed extends Error {}

export interface WorldOptions {
  readonly files?: Record<string, Uint8Array<ArrayBuffer>>;
  readonly output?: Record<string, Uint8Array<ArrayBuffer>>;
  readonly executor?: Executor;
  readonly partSize?: number;
  /** The dataset and the kernel have a version already. */
  readonly existing?: boolean;
  /** Milliseconds until GetKernel shows a version. @default 0 */
  readonly late?: number;
  readonly emulator?: Parameters<typeof createEmulator>[0];
}

/** What exists before the job. */
const fixtures = {
  datasets: [{ owner: 'alice', slug: 'my-points', title: 'My points', files: { 'old.csv': 'a,b' } }],
  kernels: [{ owner: 'alice', slug: 'my-training', title: 'My training', text: 'print("old")' }],
};

export function createWorld(options: WorldOptions = {}): World {
  const { files = {}, output = {}, executor, partSize, existing, late = 0, emulator: given } = options;
  let time = Date.UTC(2026, 10, 27);
  const now = () => time;
  const run = scriptedExecutor((job) => {
    job.onOutput('stdout', 'trained\n');
    return { files: Object.entries(output).map(([name, data]) => ({ name, data })) };
  });
  const emulator = createEmulator({
    executor: executor ?? run,
    lag: 3,
    processing: 3000,
    now,
    ...(existing && { fixtures }),
    ...given,
  });
  const target = memoryTarget(partSize);
  const sources = new Map(Object.entries(files));

  /** Kaggle, which shows new versions of a kernel late. */
  async function send(request: Request): Promise<Response> {
    if (late === 0 || !request.url.endsWith('/GetKernel')) return emulator.fetch(request);
    const body = (await request.clone().json()) as { userName: string; kernelSlug: string; versionLabel?: string };
    const versions = emulator.state.kernels.get(`${body.userName}/${body.kernelSlug}`)?.versions ?? [];
    const shown = versions.filter(({ number, created }) => (existing && number === 1) || created + late <= time);
    const wanted = body.versionLabel ?? `v${shown.at(-1)?.number}`;
    if (!shown.some(({ number }) => `v${number}` === wanted)) {
      return Response.json({ error: { code: 404, message: 'Not found', status: 'NOT_FOUND' } }, { status: 404 });
    }
    const labelled = new Request(request, { body: JSON.stringify({ ...body, versionLabel: wanted }) });
    const answer = await emulator.fetch(labelled);
    const found = (await answer.json()) as { metadata?: { currentVersionNumber?: number } };
    if (found.metadata) found.metadata.currentVersionNumber = shown.at(-1)!.number;
    return Response.json(found, { status: answer.status });
  }

  function advance(ms: number): void {
    time += ms;
  }

  function open(kill?: Kill, options: ClientOptions = {}): Process {
    let effects = 0;
    let dead = false;
    let end: (error: Killed) => void = () => {};
    const killed = new Promise<never>((_resolve, reject) => {
      end = reject;
    });
    killed.catch(() => undefined);
    const forever = new Promise<never>(() => undefined);

    /** Performs an effect, unless the process has ended: then nothing returns to it. */
    async function effect<T>(work: () => Promise<T>): Promise<T> {
      if (dead) return forever;
      const isLast = kill !== undefined && effects++ === kill.at;
      if (kill === undefined) effects++;
      if (isLast && !kill.after) {
        dead = true;
        end(new Killed());
        return forever;
      }
      const result = await work();
      if (isLast) {
        dead = true;
        end(new Killed());
      }
      return dead ? forever : result;
    }

    const clock: Clock = {
      now,
      random: () => 0.5,
      async sleep(ms, signal) {
        if (dead) return forever;
        signal?.throwIfAborted();
        time += ms;
        // Runs end in real time.
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const client = createClient({
      endpoint: 'http://localhost:9',
      token: 'KGAT_test',
      platform: { ...memoryPlatform(), clock },
      timeout: 0,
      ...options,
      fetch: (request) => effect(() => (options.fetch ?? send)(request)),
    });
    const source = (name: string): ByteSource => {
      const bytes = sources.get(name);
      if (!bytes) throw new Error(`no file ${name}`);
      return {
        size: bytes.length,
        slice: (start, stop) => new Blob([bytes.subarray(start, stop)]).stream(),
        identity: async () => `${bytes.length}-${bytes[0]}`,
      };
    };
    const own: PartTarget = {
      partSize,
      write: (part) => effect(() => target.write(part)),
      finish: (file) => effect(() => target.finish(file)),
    };
    return {
      client,
      io: { source, target: own },
      killed,
      get effects() {
        return effects;
      },
    };
  }

  return { emulator, target, sources, clock: { now, advance }, open };
}

/** A job with two files and an output. */
export function planOf(files: readonly string[], more: Partial<JobPlan> = {}): JobPlan {
  return {
    dataset: { owner: 'alice', slug: 'my-points', title: 'My points', files },
    kernel: { slug: 'alice/my-training', newTitle: 'My training', text: 'print("hello")' },
    output: true,
    ...more,
  };
}

/** What drives a job: kills of each process, and what is looked at after each step. */
export interface Drive extends AdvanceOptions {
  /** Kill of the process that is the nth; none if it returns `undefined`. */
  readonly kill?: (process: number) => Kill | undefined;
  readonly onTurn?: (turn: JobTurn, before: JobState) => void;
  readonly client?: ClientOptions;
  /** State to begin with. @default that of a new job */
  readonly begin?: JobState;
  /** Fails after so many processes. @default 400 */
  readonly most?: number;
}

/** What no state may contain: tokens, and addresses and tokens of uploads. */
const secretsOf = ({ emulator }: World): string[] => [
  'KGAT_',
  'kaggle-emulator.invalid',
  ...[...emulator.state.uploads.values()].flatMap(({ id, token }) => [id, token]),
];

/** Runs a job to its end, one process for each step. */
export async function drive(world: World, plan: JobPlan, options: Drive = {}): Promise<JobState> {
  const { kill, onTurn, client, begin, most = 400, ...advance } = options;
  // The store keeps text.
  let stored = JSON.stringify(begin ?? beginJob(plan));
  for (let count = 0; count < most; count++) {
    const process = world.open(kill?.(count), client);
    const state = JSON.parse(stored) as JobState;
    let turn: JobTurn;
    try {
      turn = await Promise.race([advanceJob(process.client, state, process.io, advance), process.killed]);
    } catch (error) {
      if (error instanceof Killed) continue;
      throw error;
    }
    onTurn?.(turn, state);
    stored = JSON.stringify(turn.state);
    for (const secret of secretsOf(world)) if (stored.includes(secret)) throw new Error(`the state has ${secret}`);
    if (turn.done) return turn.state;
    world.clock.advance(turn.pause * 1000);
    if (turn.pause > 0) await new Promise((resolve) => setTimeout(resolve, 4));
  }
  throw new Error(`the job did not end: ${stored}`);
}

export const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

/** What the job made: versions of the dataset and of the kernel. */
export function made({ emulator }: World) {
  return {
    versions: emulator.state.datasets.get('alice/my-points')?.versions ?? [],
    runs: emulator.state.kernels.get('alice/my-training')?.versions ?? [],
  };
}
