import type { KaggleClient } from '../core/rpc/client.ts';
import { createClient, nodePlatform } from '../node.ts';
import { flag, text } from './command.ts';
import { node, type OptionConfig, type OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/** The options of every command that talks to a server. */
export const connectOptions: Record<string, OptionConfig> = {
  endpoint: { type: 'string' },
  token: { type: 'string' },
  verbose: { type: 'boolean' },
};

export const connectHelp: string = `  --endpoint URL   the server; default: the variable KAGGLE_ENDPOINT, else Kaggle
  --token TOKEN    the API token; other users of the machine may see it in the list of processes, so rather set
                   KAGGLE_API_TOKEN or write it to ~/.kaggle/access_token, where it is looked for without this option
  --verbose        one line per request, without secrets`;

/** The address that was asked for: `--endpoint`, else KAGGLE_ENDPOINT. */
export function wantedEndpoint(values: OptionValues): string | undefined {
  return text(values, 'endpoint') ?? (node.env.KAGGLE_ENDPOINT || undefined);
}

const credentialHelp = (): string =>
  'set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), write the token to ~/.kaggle/access_token, or pass --token; https://www.kaggle.com/settings makes one';

/** The client that the options ask for. */
export function connect(values: OptionValues, terminal: Terminal): KaggleClient {
  const endpoint = wantedEndpoint(values);
  const token = text(values, 'token');
  return createClient({
    platform: { ...nodePlatform(), credentialHelp },
    ...(endpoint !== undefined && { endpoint }),
    ...(token !== undefined && { token }),
    ...(flag(values, 'verbose') && { verbose: (line: string) => terminal.note(line) }),
  });
}
