import process from 'node:process';
import { helpOf, parseFlags } from './flags.ts';
import { type PageOptions, serveDashboard } from './serve.ts';

/**
 * Serves the dashboard until Ctrl-C. Sets the exit code.
 *
 * @param command - How it was started, for its help.
 */
export async function run(command: string, args: readonly string[], page?: PageOptions): Promise<void> {
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  try {
    const flags = parseFlags(args, process.env);
    if (flags.help) return print(helpOf(command));
    const started = performance.now();
    const { url, endpoint, close } = await serveDashboard(flags, page);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`Dashboard:  ${url} (ready in ${seconds} s)`);
    print(`Kaggle API: ${endpoint}${flags.endpoint === undefined ? ' (an emulator with sample data)' : ''}`);
    if (flags.endpoint !== undefined)
      print('While it runs, every program on this machine can use the account of its credential.');
    print('Press Ctrl-C to stop.');
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    // A second Ctrl-C ends the process at once: the signals have their default effect again.
    print('Stopping');
    await close();
  } catch (error) {
    process.stderr.write(`cannot start the dashboard: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
