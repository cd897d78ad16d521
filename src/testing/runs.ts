import type { Context } from './context.ts';
import { currentVersion as currentDatasetVersion } from './datasets.ts';
import type { Executor, JobResult, MountedInput } from './executors/types.ts';
import { cancelRun } from './kernels.ts';
import { createLogRoom } from './log-room.ts';
import { runEnvironment } from './run-environment.ts';
import type { KernelVersion } from './types.ts';

const defaultTimeout = 12 * 3600;
/** Milliseconds that an executor has to stop a run. */
const patience = 5000;

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Datasets and outputs of other kernels, each in the folder of its slug. */
function inputs(context: Context, version: KernelVersion): MountedInput[] {
  const found: MountedInput[] = [];
  for (const source of strings(version.request.datasetDataSources)) {
    const [owner, slug, number] = source.split('/');
    const dataset = context.state.datasets.get(`${owner}/${slug}`.toLowerCase());
    if (!dataset) continue;
    const wanted = number
      ? dataset.versions.find((candidate) => String(candidate.number) === number)
      : dataset.versions.at(-1);
    found.push({ mount: dataset.slug, files: (wanted ?? currentDatasetVersion(context, dataset)).files });
  }
  for (const source of strings(version.request.kernelDataSources)) {
    const kernel = context.state.kernels.get(source.split('/').slice(0, 2).join('/').toLowerCase());
    const done = kernel?.versions.findLast(({ status }) => status === 'COMPLETE');
    if (kernel && done) found.push({ mount: kernel.slug, files: done.files });
  }
  return found;
}

/** The result, or an empty one when the executor has not ended long after it was told to. */
async function orGivenUp(result: Promise<JobResult>, signal: AbortSignal): Promise<JobResult> {
  let stop = () => {};
  const givenUp = new Promise<JobResult>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      timer = setTimeout(() => resolve({ files: [] }), patience);
    };
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wait);
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait);
  });
  try {
    return await Promise.race([result, givenUp]);
  } finally {
    stop();
  }
}

/** Runs what is queued, in order, a few at a time. */
export interface Runs {
  schedule(): void;
  /** Stops everything and forgets the queue. */
  close(): Promise<void>;
}

export function createRuns(context: Context, executor: () => Promise<Executor>): Runs {
  const running = new Set<KernelVersion>();
  const work = new Set<Promise<void>>();
  let closed = false;

  async function run(version: KernelVersion): Promise<void> {
    const started = context.now();
    const changed = () => {
      for (const listener of [...version.listeners]) listener();
    };
    const timeout = Number(version.request.sessionTimeoutSeconds) || defaultTimeout;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const startClock = () => {
      clearTimeout(clock);
      const over = () => version.abort.abort(new Error(`the run took longer than ${timeout} s`));
      clock = setTimeout(over, Math.min(timeout * 1000, 2 ** 31 - 1));
    };
    const room = createLogRoom();
    version.status = 'RUNNING';
    changed();
    try {
      const runner = await executor();
      if (!runner.announcesStart) startClock();
      const result = runner.run({
        text: version.text,
        language: String(version.request.language ?? 'python'),
        kernelType: String(version.request.kernelType ?? 'script'),
        inputs: inputs(context, version),
        env: runEnvironment(version.sessionId),
        timeout,
        signal: version.abort.signal,
        onStart: startClock,
        onOutput(stream_name, written) {
          const data = running.has(version) ? room(written) : undefined;
          if (data === undefined) return;
          version.log.push({ stream_name, time: (context.now() - started) / 1000, data });
          changed();
        },
      });
      const { files, failureMessage } = await orGivenUp(result, version.abort.signal);
      version.files = files.map((file) => ({ ...file, created: context.now() }));
      version.failureMessage = failureMessage;
    } catch (error) {
      version.failureMessage = error instanceof Error ? error.message : String(error);
      version.log.push({
        stream_name: 'stderr',
        time: (context.now() - started) / 1000,
        data: `${version.failureMessage}\n`,
      });
    } finally {
      clearTimeout(clock);
    }
    const cancelled = (version.status as string) === 'CANCEL_REQUESTED';
    if (version.abort.signal.aborted) {
      const { message } = version.abort.signal.reason as Error;
      if (!cancelled) version.failureMessage = message;
      version.log.push({ stream_name: 'stderr', time: (context.now() - started) / 1000, data: `${message}\n` });
    }
    version.status = cancelled ? 'CANCEL_ACKNOWLEDGED' : version.failureMessage === undefined ? 'COMPLETE' : 'ERROR';
    running.delete(version);
    changed();
    schedule();
  }

  function schedule(): void {
    if (closed) return;
    for (const kernel of context.state.kernels.values()) {
      for (const version of kernel.versions) {
        if (running.size >= context.options.concurrency) return;
        if (version.status !== 'QUEUED' || running.has(version)) continue;
        running.add(version);
        // In a task of its own: the answer to the push goes out first, and shows QUEUED.
        setTimeout(() => {
          if (version.status !== 'QUEUED' || closed) return void running.delete(version);
          const done = run(version).finally(() => work.delete(done));
          work.add(done);
        }, 0);
      }
    }
  }

  return {
    schedule,
    async close() {
      closed = true;
      for (const { versions } of context.state.kernels.values()) {
        for (const version of versions) {
          if (version.status === 'QUEUED') cancelRun(context, version);
          else version.abort.abort(new Error('the emulator was closed'));
        }
      }
      await Promise.all(work);
    },
  };
}
