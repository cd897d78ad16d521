import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Flags {
  port: number;
  watch: boolean;
  /** Another server than the emulator with the samples. */
  endpoint: string | undefined;
  help: boolean;
}

/** The help, for a command such as `npm run dev --`. */
export const helpOf = (command: string): string => `Usage: ${command} [options]

Builds the dashboard, and serves it with a Kaggle emulator that has sample data and really runs new kernels. Everything stays
on this machine.

  --port PORT     port of the page; 0 for any free port (default: 5180)
  --watch         shows changes of the sources at once (the development server of Vite)
  --endpoint URL  uses this server instead of the emulator, with the credential of this machine (default: KAGGLE_ENDPOINT,
                  else the emulator)
  --help          prints this text

Press Ctrl-C to stop it.`;

/** Parses arguments. Throws an error for the user if one is invalid. */
export function parseFlags(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '5180' },
      watch: { type: 'boolean', default: false },
      endpoint: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535))
    throw new Error(`--port: expected a number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  const endpoint = values.endpoint ?? (env.KAGGLE_ENDPOINT || undefined);
  if (endpoint !== undefined && !/^https?:/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new Error(`--endpoint: expected a URL such as http://localhost:7777, got ${JSON.stringify(endpoint)}`);
  return { port, watch: values.watch, endpoint, help: values.help };
}
