import process from 'node:process';
import { help, parseFlags } from './flags.ts';
import { serveDashboard } from './serve.ts';

/** Runs the command until Ctrl-C. Sets the exit code. */
export async function run(args: readonly string[]): Promise<void> {
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  try {
    const flags = parseFlags(args, process.env);
    if (flags.help) return print(help.trimEnd());
    const started = performance.now();
    if (!flags.watch) print('Building the page and starting the emulator');
    const { url, endpoint, close } = await serveDashboard(flags);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`Dashboard: ${url} (ready in ${seconds} s)`);
    print(flags.endpoint === undefined ? `Emulator:  ${endpoint}, with sample data` : `Kaggle API: ${endpoint}`);
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
