/** Runs the cases in a page; `window.outcome` is a promise of the Outcome. */
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

Object.assign(globalThis, { outcome: run() });
