/**
 * Run by `data-runtimes.test.ts` on each server runtime: an emulator with `--data` and `--fixtures` of its arguments, whose
 * kernels copy their inputs; one with the text `wait` ends only with the process. Prints the address as a line of JSON.
 */
import process from 'node:process';
import { scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';

const [data, fixtures, storagePort] = process.argv.slice(2) as [string, string, string];
const executor = scriptedExecutor(async ({ text, inputs, onOutput }) => {
  onOutput('stdout', `${text}\n`);
  if (text === 'wait') await new Promise(() => {});
  return { files: inputs.flatMap(({ files }) => [...files]) };
});
const options = { data, fixtures, executor, lag: 0, processing: 0, storagePort: Number(storagePort) };
const { url, storageUrl, emulator } = await serveEmulator(options);
console.log(JSON.stringify({ url, storageUrl, ...(await emulator.ready) }));
