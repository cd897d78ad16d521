import { ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential, credentialHelp } from './credential.ts';
import type { CredentialContext } from './provider.ts';

/** An environment variable, trimmed; `undefined` if it is unset or empty. */
export function variable(platform: Platform, name: string): string | undefined {
  return platform.env?.(name)?.trim() || undefined;
}

/** The credential in KAGGLE_USERNAME and KAGGLE_KEY; `undefined` unless both are set. */
export function pairOfEnvironment(platform: Platform): Credential | undefined {
  const username = variable(platform, 'KAGGLE_USERNAME');
  const key = variable(platform, 'KAGGLE_KEY');
  return username && key ? basic(username, key, 'KAGGLE_USERNAME and KAGGLE_KEY') : undefined;
}

/** Looks up a credential on runtimes without files: KAGGLE_API_TOKEN, then KAGGLE_USERNAME and KAGGLE_KEY. */
export async function environmentCredential({ platform }: CredentialContext): Promise<Credential | undefined> {
  const token = variable(platform, 'KAGGLE_API_TOKEN');
  if (!token) return pairOfEnvironment(platform);
  if (isPath(token))
    throw new ValidationError(
      'KAGGLE_API_TOKEN is a path, but this platform cannot read files; set it to the token itself',
    );
  return bearer(token, 'KAGGLE_API_TOKEN');
}

/** Whether a value looks like a file path. Kaggle's tokens contain no slash. */
export function isPath(value: string): boolean {
  return /[\\/]|^~|\.(?:txt|json|token|key)$/i.test(value);
}

/** How to provide a credential on this platform, and which of two variables is missing if one is set. */
export function helpOf(platform: Platform): string {
  const [username, key] = ['KAGGLE_USERNAME', 'KAGGLE_KEY'].map((name) => variable(platform, name) !== undefined);
  const half =
    username === key
      ? ''
      : `${username ? 'KAGGLE_USERNAME' : 'KAGGLE_KEY'} is set, but ${username ? 'KAGGLE_KEY' : 'KAGGLE_USERNAME'} is not; `;
  return half + (platform.credentialHelp?.() ?? credentialHelp);
}
