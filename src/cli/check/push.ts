import type { KaggleClient } from '../../core/client.ts';
import { sleep } from '../../core/sleep.ts';
import { logs, output, type PushedKernel, push, status, wait } from '../../services/kernels/index.ts';
import { collectFolder, sameBytes } from '../collect.ts';
import { dropKernel } from '../gone.ts';
import { titleOf } from '../names.ts';
import { Mismatch } from '../steps.ts';
import { counted } from '../words.ts';
import type { Check } from './check.ts';
import { curiousScript, script } from './kernel.ts';
import type { Inside } from './question.ts';

/** The files that the kernel has to leave behind. */
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
  if (!found) throw new Mismatch('the log does not have what the kernel printed');
  return lines;
}

/** Compares what the kernel wrote; resolves to all that it left. */
async function compareOutput(
  client: KaggleClient,
  kernel: PushedKernel,
  word: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = collectFolder();
  await output(client, kernel, folder, { signal });
  for (const [name, bytes] of Object.entries(expected(word))) {
    const content = folder.files.get(name);
    if (!content) throw new Mismatch(`${name} is missing; there is ${[...folder.files.keys()].join(', ')}`);
    if (!sameBytes(content, bytes)) throw new Mismatch(`${name} is not what the kernel wrote`);
  }
  return folder.files;
}

/** Seconds that a push may be without a run. */
const startTimeout = 900;

/** Looks at the run, gently, until it has begun. */
async function awaitStart({ client, signal }: Check, kernel: PushedKernel): Promise<string> {
  const until = performance.now() + startTimeout * 1000;
  for (let pause = 100; performance.now() < until; pause = Math.min(pause * 1.5, 5000)) {
    const found = await status(client, kernel, { signal });
    if (found.status !== 'NOT_STARTED' && found.status !== 'QUEUED') return found.status;
    await sleep(pause, signal);
  }
  throw new Mismatch(`no run has started within ${startTimeout} s`);
}

/** What makes the kernel look around where it runs. */
export interface Curious {
  /** A dataset that it mounts, `owner/slug`. */
  readonly dataset: string;
  /** Seconds that it goes on, so that it can be looked at. */
  readonly seconds: number;
}

/** A private kernel runs, and what it says and leaves is compared. It is deleted at the end. */
export async function pushSteps(check: Check, owner: string, word: string, curious?: Curious): Promise<void> {
  const { client, signal, timeout, step, atEnd, look } = check;
  const slug = `kaggle-ts-check-${word}`;
  atEnd(`delete ${owner}/${slug}`, (end) => dropKernel(client, `${owner}/${slug}`, end));
  const title = titleOf(slug);
  const request = {
    slug: `${owner}/${slug}`,
    newTitle: title,
    text: curious ? curiousScript : script,
    params: { word, numbers: [1, 2, 3], ...(curious && { seconds: curious.seconds }) },
    isPrivate: true,
    enableInternet: false,
    datasetDataSources: curious && [curious.dataset],
  };
  const kernel = await step(
    'push',
    () => push(client, request, { signal }),
    ({ ref, versionNumber }) => `${ref}, version ${versionNumber ?? '?'}`,
  );
  await look('pushed', { kernel: { ...kernel, title } });
  if (curious) {
    const begun = await step('its run begins', () => awaitStart(check, kernel), String);
    if (begun === 'RUNNING') await look('running');
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]);
  await step(
    'follow the log to its end',
    () => followUntil(client, kernel, word, limit),
    (lines) => counted(lines, 'line'),
  );
  await step(
    'wait for the end',
    () => wait(client, kernel, { signal, timeout, cancelOnAbort: true }),
    (ended) => ended.status,
  );
  const files = await step(
    'fetch the output and compare it',
    () => compareOutput(client, kernel, word, signal),
    (found) => counted(found.size, 'file'),
  );
  await look('done', readInside(files));
}

/** What the kernel found, if it tells. */
function readInside(files: ReadonlyMap<string, Uint8Array>): { inside?: Inside } {
  const bytes = files.get('inside.json');
  return bytes ? { inside: JSON.parse(new TextDecoder().decode(bytes)) as Inside } : {};
}
