import type { KaggleClient } from '../../core/rpc/client.ts';
import { sleep } from '../../core/sleep.ts';
import { isTerminal, logs, output, type PushedKernel, push, status, wait } from '../../services/kernels/index.ts';
import { cleanUpKernel } from '../cleanup.ts';
import { collectFolder, sameBytes } from '../collect.ts';
import { describeRun } from '../kernel-ref.ts';
import { titleOf } from '../names.ts';
import { Mismatch } from '../steps.ts';
import { counted } from '../words.ts';
import type { Check } from './check.ts';
import { inspectionScript, script } from './kernel.ts';

/** The output files that the kernel must create. */
function expected(word: string): Record<string, Uint8Array> {
  return {
    'result.txt': new TextEncoder().encode(`${word} 6\n`),
    'folder/bytes.bin': Uint8Array.from({ length: 2048 }, (_, index) => index & 255),
  };
}

async function followUntil(
  client: KaggleClient,
  kernel: PushedKernel,
  word: string,
  signal: AbortSignal,
): Promise<number> {
  let lines = 0;
  let found = false;
  for await (const { data } of logs(client, kernel, { follow: true, signal })) {
    lines += data.split('\n').length - 1;
    found ||= data.includes(word);
  }
  if (!found) throw new Mismatch('the log does not contain what the kernel printed');
  return lines;
}

async function compareOutput(
  client: KaggleClient,
  kernel: PushedKernel,
  word: string,
  signal: AbortSignal,
): Promise<number> {
  const folder = collectFolder();
  await output(client, kernel, folder, { signal });
  for (const [name, bytes] of Object.entries(expected(word))) {
    const content = folder.files.get(name);
    if (!content)
      throw new Mismatch(`${name} is missing from the output, which has ${[...folder.files.keys()].join(', ')}`);
    if (!sameBytes(content, bytes)) throw new Mismatch(`${name} differs from what the kernel wrote`);
  }
  return folder.files.size;
}

/** Seconds from the push until its run must exist. */
const startTimeout = 900;

/** Whether a run with this status has started. */
const hasBegun = (word: string) => word === 'RUNNING' || word === 'CANCEL_REQUESTED' || isTerminal(word);

/** Calls `poll`, with growing pauses, until it resolves to something. */
async function pollUntil<T>(
  { signal }: Check,
  seconds: number,
  poll: () => Promise<T | undefined>,
  otherwise: string,
): Promise<T> {
  const until = performance.now() + seconds * 1000;
  for (let pause = 100; performance.now() < until; pause = Math.min(pause * 1.5, 5000)) {
    const found = await poll();
    if (found !== undefined) return found;
    await sleep(pause, signal);
  }
  throw new Mismatch(otherwise);
}

/** The status of the newest run, requested without a label. */
const unlabelled = async ({ client, signal }: Check, { ref }: PushedKernel): Promise<string> =>
  (await status(client, ref, { signal }).catch(() => undefined))?.status ?? 'NOT_STARTED';

/** Waits until the version runs. Gives up if the kernel runs, but is not found by its label. */
function awaitStart(check: Check, kernel: PushedKernel): Promise<string> {
  const { client, signal } = check;
  let [attempts, overlooked] = [0, 0];
  return pollUntil(
    check,
    startTimeout,
    async () => {
      const found = await status(client, kernel, { signal });
      if (hasBegun(found.status)) return found.status;
      if (found.status !== 'NOT_STARTED') return undefined;
      // Not at once: each attempt may cost another request.
      if (++attempts > 10 && hasBegun(await unlabelled(check, kernel))) overlooked++;
      if (overlooked === 2)
        throw new Mismatch('the kernel runs, but the server does not find the version by its label "v1"');
      return undefined;
    },
    `no run started within ${startTimeout} s`,
  );
}

/** Waits for the end of a run that is not found by its label. */
async function awaitAnyEnd(check: Check, kernel: PushedKernel): Promise<string> {
  const poll = async () => {
    const found = await unlabelled(check, kernel);
    return isTerminal(found) ? found : undefined;
  };
  return pollUntil(check, check.timeout, poll, 'the run did not end in time');
}

/** What the kernel needs to inspect its environment. */
export interface Inspection {
  /** A dataset that it mounts, `owner/slug`. */
  readonly dataset: string;
  /** Seconds that it keeps running, to be observed. */
  readonly seconds: number;
}

/** Runs a private kernel, compares its log and output, and deletes it at the end. */
export async function pushSteps(check: Check, owner: string, word: string, inspection?: Inspection): Promise<void> {
  const { client, signal, step, attempt, atEnd, askQuestions } = check;
  const slug = `kaggle-ts-check-${word}`;
  atEnd(`delete ${owner}/${slug}`, (end) => cleanUpKernel(client, `${owner}/${slug}`, end));
  const title = titleOf(slug);
  const request = {
    slug: `${owner}/${slug}`,
    newTitle: title,
    text: inspection ? inspectionScript : script,
    params: { word, numbers: [1, 2, 3], ...(inspection && { seconds: inspection.seconds }) },
    isPrivate: true,
    enableInternet: false,
    datasetDataSources: inspection && [inspection.dataset],
    // Most questions can be answered without the dataset.
    allowInvalidSources: inspection !== undefined,
  };
  const kernel = await step('push', () => push(client, request, { signal }), describeRun);
  await askQuestions('pushed', { kernel: { ...kernel, title } });
  if (inspection) {
    const first = await attempt('wait for the start', () => awaitStart(check, kernel), String);
    if (first === 'RUNNING') await askQuestions('running');
    if (first === undefined) {
      const isThere = hasBegun(await unlabelled(check, kernel));
      if (isThere) await attempt('wait for the end, without a label', () => awaitAnyEnd(check, kernel), String);
      return askQuestions('done');
    }
  }
  try {
    await readRun(check, kernel, word);
  } finally {
    if (!signal.aborted) await askQuestions('done');
  }
}

/** Follows the run to its end, and compares its output. */
async function readRun(check: Check, kernel: PushedKernel, word: string): Promise<void> {
  const { client, signal, timeout, step } = check;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]);
  await step(
    'follow the log to its end',
    () => followUntil(client, kernel, word, limit),
    (lines) => counted(lines, 'line'),
  );
  await step(
    'wait for the end',
    () => wait(client, kernel, { signal, timeout, cancelOnAbort: true }),
    (result) => result.status,
  );
  await step(
    'download the output and compare it',
    () => compareOutput(client, kernel, word, signal),
    (count) => counted(count, 'file'),
  );
}
