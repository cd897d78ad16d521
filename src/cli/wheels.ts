import { type Executor, pyodideExecutor } from '../testing/index.ts';
import { flag, text, UsageError } from './command.ts';
import { builtin, type OptionValues } from './node.ts';

/** The executor for `--packages` and `--fetch-packages`. A missing folder is an error before the emulator starts. */
export async function pyodideFor(values: OptionValues): Promise<Executor> {
  const packages = text(values, 'packages');
  if (packages !== undefined) {
    const found = await builtin('node:fs/promises')
      .stat(packages)
      .catch(() => undefined);
    if (!found?.isDirectory()) throw new UsageError(`--packages: expected a folder of wheels, got "${packages}"`);
  }
  return pyodideExecutor({
    ...(packages !== undefined && { packages }),
    fetchPackages: flag(values, 'fetch-packages'),
  });
}
