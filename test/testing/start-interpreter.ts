/** Starts an interpreter once, which saves the snapshot that later ones start from. */
import { pyodideExecutor } from '../../src/testing/index.ts';

await pyodideExecutor().run({
  text: '',
  kernelType: 'script',
  language: 'python',
  inputs: [],
  env: {},
  timeout: 60,
  signal: new AbortController().signal,
  onOutput: () => {},
  onStart: () => {},
});
