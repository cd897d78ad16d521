import { ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential, credentialHelp } from './credential.ts';
import type { CredentialContext } from './provider.ts';

/** A variable of the environment without the white space around it; `undefined` if it is empty. */
export function variable(platform: Platform, name: string): string | undefined {
  return platform.env?.(name)?.trim() || undefined;
}

/** KAGGLE_USERNAME and KAGGLE_KEY. */
export function pairOfEnvironment(platform: Platform): Credential | undefined {
  const username = variable(platform, 'KAGGLE_USERNAME');
  const key = variable(platform, 'KAGGLE_KEY');
  return username && key ? basic(username, key, 'KAGGLE_USERNAME and KAGGLE_KEY') : undefined;
}

/** The lookup for runtimes without files: KAGGLE_API_TOKEN as a value, then KAGGLE_USERNAME and KAGGLE_KEY. */
export async function environmentCredential({ platform }: CredentialContext): Promise<Credential | undefined> {
  const token = variable(platform, 'KAGGLE_API_TOKEN');
  if (!token) return pairOfEnvironment(platform);
  if (isPath(token))
    throw new ValidationError('KAGGLE_API_TOKEN is a path, and there are no files here: set the token itself');
  return bearer(token, 'KAGGLE_API_TOKEN');
}

/** Whether a value is meant as the path of a file: tokens of Kaggle's have no slash. */
export function isPath(value: string): boolean {
  return /[\\/]|^~|\.(?:txt|json|token|key)$/i.test(value);
}

/** How to give a credential here, and what was begun and is not enough. */
export function helpOf(platform: Platform): string {
  const [username, key] = ['KAGGLE_USERNAME', 'KAGGLE_KEY'].map((name) => variable(platform, name) !== undefined);
  const half =
    username === key
      ? ''
      : `${username ? 'KAGGLE_USERNAME' : 'KAGGLE_KEY'} is set, but ${username ? 'KAGGLE_KEY' : 'KAGGLE_USERNAME'} is not; `;
  return half + (platform.credentialHelp?.() ?? credentialHelp);
}
