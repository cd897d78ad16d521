import type { Context } from './context.ts';
import type { Executor, JobResult, MountedInput } from './executors/types.ts';
import { hasRun } from './kernels/find.ts';
import { cancelRun } from './kernels/sessions.ts';
import { createLogLimit } from './log-limit.ts';
import { runEnvironment } from './run-environment.ts';
import type { KernelVersion } from './types.ts';

const defaultTimeout = 12 * 3600;
/** Seconds within which an executor must start a run: it may have to download packages. */
const timeToStart = 1800;
/** Milliseconds within which an executor must stop a run. */
const timeToStop = 5000;

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The datasets and outputs of other kernels that a run gets, at the paths of the option `mounts`. */
function inputs({ options, state }: Context, version: KernelVersion): MountedInput[] {
  const found: MountedInput[] = [];
  const mount = (area: string, { owner, slug }: { owner: string; slug: string }, files: MountedInput['files']) => {
    if (options.mounts !== 'legacy') found.push({ mount: `${area}/${owner}/${slug}`, files });
    if (options.mounts !== 'owner') found.push({ mount: slug, files });
  };
  for (const { source, number } of version.datasets) {
    const dataset = state.datasets.get(source.toLowerCase());
    const bound = dataset?.versions.find((candidate) => candidate.number === number);
    if (dataset && bound) mount('datasets', dataset, bound.files);
  }
  for (const source of strings(version.request.kernelDataSources)) {
    const kernel = state.kernels.get(source.split('/').slice(0, 2).join('/').toLowerCase());
    const done = kernel?.versions.findLast(({ status }) => status === 'COMPLETE');
    if (kernel && done) mount('notebooks', kernel, done.files);
  }
  return found;
}

/**
 * Resolves to the result, or to an empty one if the executor does not end in time after it was aborted. It is not given
 * up while it collects output files (`isCollecting`).
 */
async function orGiveUp(
  result: Promise<JobResult>,
  signal: AbortSignal,
  isCollecting: () => boolean,
): Promise<JobResult> {
  let stop = () => {};
  const givenUp = new Promise<JobResult>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      timer = setTimeout(() => {
        if (!isCollecting()) resolve({ files: [] });
      }, timeToStop);
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

/** Runs queued kernels in order, up to `concurrency` at a time. */
export interface Runs {
  schedule(): void;
  /** Stops all runs and cancels the queued ones. */
  close(): Promise<void>;
}

export function createRuns(context: Context, executor: () => Promise<Executor>): Runs {
  const running = new Set<KernelVersion>();
  const work = new Set<Promise<void>>();
  let closed = false;
  let soon: ReturnType<typeof setTimeout> | undefined;

  async function run(version: KernelVersion): Promise<void> {
    // A fixture may have begun earlier.
    const started = version.startedAt ?? context.now();
    const changed = () => {
      for (const listener of [...version.listeners]) listener();
    };
    const timeout = Number(version.request.sessionTimeoutSeconds) || defaultTimeout;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const limit = (seconds: number, message: string) => {
      clearTimeout(clock);
      clock = setTimeout(() => version.abort.abort(new Error(message)), Math.min(seconds * 1000, 2 ** 31 - 1));
    };
    const startClock = () => limit(timeout, `the run exceeded its time limit of ${timeout} s`);
    const limitLog = createLogLimit();
    /** For lines about the output, which must fit even if the log of the kernel is full. */
    const limitNotes = createLogLimit(2 ** 16);
    let collecting = false;
    version.status = 'RUNNING';
    version.startedAt = started;
    changed();
    try {
      const runner = await executor();
      if (runner.announcesStart) limit(timeToStart, `the run did not start within ${timeToStart} s`);
      else startClock();
      const result = runner.run({
        text: version.text,
        language: String(version.request.language ?? 'python'),
        kernelType: String(version.request.kernelType ?? 'script'),
        inputs: inputs(context, version),
        env: runEnvironment(version.sessionId),
        timeout,
        signal: version.abort.signal,
        onStart: startClock,
        onCollect() {
          collecting = true;
        },
        onOutput(stream_name, written) {
          const data = running.has(version) ? (collecting ? limitNotes : limitLog)(written) : undefined;
          if (data === undefined) return;
          version.log.push({ stream_name, time: (context.now() - started) / 1000, data });
          changed();
        },
      });
      const { files, failureMessage } = await orGiveUp(result, version.abort.signal, () => collecting);
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
    const { aborted, reason } = version.abort.signal;
    if (aborted && !cancelled) version.failureMessage = (reason as Error).message;
    // The reason is missing in a log that is full.
    const last = aborted ? (reason as Error).message : limitLog('') === undefined && version.failureMessage;
    if (last) version.log.push({ stream_name: 'stderr', time: (context.now() - started) / 1000, data: `${last}\n` });
    version.status = cancelled ? 'CANCEL_ACKNOWLEDGED' : version.failureMessage === undefined ? 'COMPLETE' : 'ERROR';
    version.endedAt = context.now();
    running.delete(version);
    changed();
    schedule();
  }

  function schedule(): void {
    if (closed) return;
    clearTimeout(soon);
    for (const kernel of context.state.kernels.values()) {
      for (const version of kernel.versions) {
        if (running.size >= context.options.concurrency) return;
        if (!version.runs || version.held || version.status !== 'QUEUED' || running.has(version)) continue;
        if (!hasRun(context, version)) {
          // The run does not exist yet. The clock may be the caller's own, so its start time is unknown.
          clearTimeout(soon);
          soon = setTimeout(schedule, Math.min(context.options.lag, 50));
          continue;
        }
        running.add(version);
        // In a later task, so that the push is answered first and the status is QUEUED for a moment.
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
      clearTimeout(soon);
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
