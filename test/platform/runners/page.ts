/** Runs the cases in a page: `outcome` is a promise of the Outcome, `call` makes one call and gives its error's message. */
import { createClient } from '../../../src/browser.ts';
import { indexedDbState, opfs } from '../../../src/platform/browser/index.ts';
import { browserCases } from '../browser-cases.ts';
import { type Outcome, runCases } from '../check.ts';
import { filesystemCases, places } from '../filesystem-cases.ts';
import { stateCases } from '../state-cases.ts';
import { streamCases } from '../stream-cases.ts';

async function run(): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failures: [] };
  const fs = opfs();
  await runCases(filesystemCases, places(fs, '/files'), outcome);
  let count = 0;
  const folder = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(`picked${count++}`, { create: true });
  await runCases(browserCases, folder, outcome);
  const state = indexedDbState();
  await runCases(stateCases, () => state, outcome);
  await runCases(streamCases, () => undefined, outcome);
  return outcome;
}

const call = (endpoint: string): Promise<unknown> =>
  createClient({ endpoint, token: 'KGAT_test' })
    .call('kernels.KernelsApiService', 'ListKernels', {}, { retry: 4 })
    .catch((error: Error) => error.message);

Object.assign(globalThis, { outcome: run(), call });
