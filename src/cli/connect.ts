import { ValidationError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import { createClient, nodePlatform } from '../node.ts';
import { type CommandOption, flag, text } from './command.ts';
import { node, type OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/** The options of every command that talks to a server. */
export const connectOptions: Record<'endpoint' | 'token' | 'verbose', CommandOption> = {
  endpoint: {
    type: 'string',
    value: 'URL',
    help: 'URL of the server (default: KAGGLE_ENDPOINT, else Kaggle)',
  },
  token: {
    type: 'string',
    value: 'TOKEN',
    help: 'API token. Prefer KAGGLE_API_TOKEN or ~/.kaggle/access_token: other users of this machine can see command lines',
  },
  verbose: { type: 'boolean', help: 'Print one line per request to standard error, without secrets' },
};

/** `--endpoint`, else KAGGLE_ENDPOINT. */
export function wantedEndpoint(values: OptionValues): string | undefined {
  return text(values, 'endpoint') ?? (node.env.KAGGLE_ENDPOINT || undefined);
}

const credentialHelp = (): string =>
  'set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), write the token to ~/.kaggle/access_token, or pass --token; create a token at https://www.kaggle.com/settings';

/** Creates the client. */
export function connect(values: OptionValues, terminal: Terminal): KaggleClient {
  const endpoint = wantedEndpoint(values);
  const token = text(values, 'token');
  try {
    return createClient({
      platform: { ...nodePlatform(), credentialHelp },
      ...(endpoint !== undefined && { endpoint }),
      ...(token !== undefined && { token }),
      ...(flag(values, 'verbose') && { verbose: (line: string) => terminal.note(line) }),
    });
  } catch (error) {
    if (values.endpoint !== undefined || !(error instanceof ValidationError)) throw error;
    throw new ValidationError((name) =>
      error.describe((option) => (option === 'endpoint' ? 'KAGGLE_ENDPOINT' : name(option))),
    );
  }
}
