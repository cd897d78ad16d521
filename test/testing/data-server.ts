/**
 * Run by `data-runtimes.test.ts` on each server runtime: an emulator with the `data` and `fixtures` of its arguments, whose
 * kernels copy their inputs; one with the text `wait` ends only with the process. Prints the address as a line of JSON.
 */
import process from 'node:process';
import { scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';

const [data, fixtures] = process.argv.slice(2) as [string, string];
const executor = scriptedExecutor(async ({ text, inputs, onOutput }) => {
  onOutput('stdout', `${text}\n`);
  if (text === 'wait') await new Promise(() => {});
  return { files: inputs.flatMap(({ files }) => [...files]) };
});
const { url, emulator } = await serveEmulator({ data, fixtures, executor, lag: 0, processing: 0 });
console.log(JSON.stringify({ url, ...(await emulator.ready) }));
