import type { Context } from './context.ts';
import { currentVersion as currentDatasetVersion } from './datasets.ts';
import type { Executor, MountedInput } from './executors/types.ts';
import type { KernelVersion } from './types.ts';

const defaultTimeout = 12 * 3600;

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

/** Runs what is queued, in order, a few at a time. */
export interface Runs {
  schedule(): void;
  /** Stops everything and forgets the queue. */
  close(): Promise<void>;
}

export function createRuns(context: Context, executor: () => Promise<Executor>): Runs {
  const running = new Set<KernelVersion>();
  let closed = false;

  async function run(version: KernelVersion): Promise<void> {
    const started = context.now();
    const changed = () => {
      for (const listener of [...version.listeners]) listener();
    };
    const timeout = Number(version.request.sessionTimeoutSeconds) || defaultTimeout;
    const clock = setTimeout(
      () => version.abort.abort(new Error(`the run took longer than ${timeout} s`)),
      Math.min(timeout * 1000, 2 ** 31 - 1),
    );
    version.status = 'RUNNING';
    changed();
    try {
      const { files, failureMessage } = await (await executor()).run({
        text: version.text,
        language: String(version.request.language ?? 'python'),
        kernelType: String(version.request.kernelType ?? 'script'),
        inputs: inputs(context, version),
        timeout,
        signal: version.abort.signal,
        onOutput(stream_name, data) {
          version.log.push({ stream_name, time: (context.now() - started) / 1000, data });
          changed();
        },
      });
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
    if (version.abort.signal.aborted && !cancelled)
      version.failureMessage = (version.abort.signal.reason as Error).message;
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
          if (version.status === 'QUEUED') void run(version);
          else running.delete(version);
        }, 0);
      }
    }
  }

  return {
    schedule,
    async close() {
      closed = true;
      for (const version of running) version.abort.abort(new Error('the emulator was closed'));
    },
  };
}
