import { createSealer, type Sealer } from '../../core/auth/seal.ts';
import { ValidationError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { StepContext } from './steps/context.ts';

/**
 * The sealer of upload sessions. Throws `ValidationError` if a job with a dataset has no secret: there is no API token, and none was
 * passed.
 */
export function sealerOf(
  token: string | undefined,
  secret: string | undefined,
  hasDataset: boolean,
): Sealer | undefined {
  const key = secret ?? token;
  if (key !== undefined) return createSealer(key, 'job');
  if (!hasDataset) return undefined;
  throw new ValidationError(
    'advanceJob: the state cannot be sealed, as the credential is no API token; pass the option secret, a random string that is the ' +
      'same in each step',
    [{ path: 'options.secret', message: 'is missing' }],
  );
}

/**
 * Identifies a token without revealing it: API tokens are random, so that they cannot be guessed from a hash. `undefined` for a username
 * and key.
 */
async function idOf(token: string | undefined, job: string): Promise<string | undefined> {
  return token === undefined ? undefined : (await sha256Text(`kaggle-ts job ${job}\n${token}`)).slice(0, 16);
}

/**
 * Throws `ValidationError` if the job belongs to another account. Asks the server only for a credential that no earlier step has used, and
 * for one that is no token.
 */
export async function checkAccount(
  client: KaggleClient,
  token: string | undefined,
  context: StepContext,
): Promise<void> {
  const { draft, memo, signal } = context;
  const credential = await idOf(token, draft.id);
  if (credential !== undefined && credential === memo.credential) return;
  const account = await client.whoAmI({ signal });
  if (memo.account !== undefined && memo.account.toLowerCase() !== account.toLowerCase()) {
    throw new ValidationError(
      `cannot continue the job: it belongs to the account "${memo.account}", and the credential to "${account}"; use a credential of ` +
        `"${memo.account}"`,
      [{ path: 'options.client', message: `expected a client of "${memo.account}"` }],
    );
  }
  memo.account = account;
  if (credential === undefined) delete memo.credential;
  else memo.credential = credential;
}
