import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential } from './credential.ts';
import type { CredentialContext } from './provider.ts';

/** A variable of the environment without the white space around it; `undefined` if it is empty. */
export function variable(platform: Platform, name: string): string | undefined {
  return platform.env?.(name)?.trim() || undefined;
}

/** KAGGLE_USERNAME and KAGGLE_KEY. */
export function pairOfEnvironment(platform: Platform): Credential | undefined {
  const username = variable(platform, 'KAGGLE_USERNAME');
  const key = variable(platform, 'KAGGLE_KEY');
  return username && key ? basic(username, key) : undefined;
}

/** The lookup for runtimes without files: KAGGLE_API_TOKEN as a value, then KAGGLE_USERNAME and KAGGLE_KEY. */
export async function environmentCredential({ platform }: CredentialContext): Promise<Credential | undefined> {
  const token = variable(platform, 'KAGGLE_API_TOKEN');
  return token ? bearer(token) : pairOfEnvironment(platform);
}
