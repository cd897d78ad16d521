import { hasInterpreter } from '../testing/executors/library.ts';

/**
 * Why kernels cannot run in WebAssembly, and what to do; `undefined` if they can. npx installs a command into a folder of its
 * own, where it does not find the packages of the current folder, so both ways are named.
 */
export async function missingInterpreter(command: string): Promise<string | undefined> {
  if (await hasInterpreter()) return undefined;
  const ways = `npm install kaggle-ts pyodide, or npx -p pyodide -p kaggle-ts kaggle-ts ${command}`;
  return `cannot run kernels: the package "pyodide" is not installed beside kaggle-ts; run ${ways}`;
}
