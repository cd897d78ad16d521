import { onTestFinished } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { toContent } from '../../src/services/kernels/gpu/wire.ts';
import type { Job, JobResult } from '../../src/testing/executors/types.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';
import { withClock } from '../clock.ts';

/** The nonce of every call here; the real ones are random. */
export const nonce = '0123456789abcdef0123456789abcdef';

/** The call that a pushed source makes: the first line of its input file, parsed. */
// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
function callIn({ text, inputs }: Job): any {
  const mounted = inputs.flatMap(({ files }) => files).find(({ name }) => name.endsWith('__kaggle_input__.bin'));
  if (mounted) return JSON.parse(new TextDecoder().decode(mounted.data).split('\n')[0]!);
  const binary = /"[^"]*__kaggle_input__\.bin": base64\.b64decode\("([^"]*)"\)/.exec(text)?.[1];
  if (binary !== undefined) return JSON.parse(atob(binary).split('\n')[0]!);
  const [, literal] = /"[^"]*__kaggle_input__\.bin": ("(?:[^"\\]|\\.)*")\.encode/.exec(text) ?? [];
  return JSON.parse(JSON.parse(literal!).split('\n')[0]);
}

/** What a call writes into its log at its end. */
export function resultLine(outcome: object, by = nonce): string {
  const content = toContent(outcome, []);
  return `##kaggle-ts ${by} ${content.length} ${Buffer.from(content).toString('base64')}##\n`;
}

export const callLine = `##kaggle-ts call=${nonce}##\n`;
export const sessionLine = '##kaggle-ts session=1001##\n';

/** What a call does, as a function of its input. */
// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
type Behavior = (call: any, job: Job) => Partial<JobResult> | undefined | Promise<Partial<JobResult> | undefined>;

/** The result of a function, as the driver prints it. */
export const returns = (job: Job, value: unknown, entry = 'embed'): undefined =>
  void job.onOutput('stdout', resultLine({ entry, value }));

/** An emulator whose kernels are calls that behave as told, and a client whose pauses take no time. */
export function createFunctions(
  behavior: Behavior,
  options: EmulatorOptions & { files?: Record<string, string | Uint8Array> } = {},
) {
  const { files = {}, ...rest } = options;
  const jobs: Job[] = [];
  const executor = scriptedExecutor(async (job) => {
    jobs.push(job);
    job.onOutput('stdout', sessionLine + callLine);
    return (await behavior(callIn(job), job)) ?? {};
  });
  const emulator: Emulator = createEmulator({ executor, lag: 0, processing: 0, ...rest });
  onTestFinished(() => emulator.close());
  const platform = memoryPlatform({ files });
  // A pause lets the emulator work, and takes no longer.
  let skipped = 0;
  const now = () => Date.now() + skipped;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    skipped += ms;
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
  };
  const client = withClock(createClient({ fetch: emulator.fetch, token: 'KGAT_test', platform, retry: 0 }), {
    now,
    sleep,
  });
  const called = () => emulator.state.requests.map(({ method }) => method);
  return { emulator, client, jobs, called };
}
