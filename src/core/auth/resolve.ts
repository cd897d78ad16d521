import { errorCode } from '../bytes/file-error.ts';
import { ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential } from './credential.ts';
import { isPath, pairOfEnvironment, variable } from './environment.ts';
import type { CredentialContext, CredentialProvider } from './provider.ts';

/** A small text file without the white space around it; `undefined` if it is not there. */
async function readText({ fs }: Platform, path: string): Promise<string | undefined> {
  const text = (await fs?.readText(path))?.replace(/^\uFEFF/, '').trim();
  // What a shell of Windows writes by ">": every other byte is zero.
  if (text?.includes('\0')) throw new ValidationError(`${path} is UTF-16: save it as UTF-8`);
  return text;
}

/** As `readText`, and `undefined` if it is empty. */
async function read(platform: Platform, path: string): Promise<string | undefined> {
  return (await readText(platform, path)) || undefined;
}

function join({ fs }: Platform, ...parts: string[]): string {
  return fs?.join(...parts) ?? parts.join('/');
}

/** Inside a Kaggle notebook the token is in a file that KAGGLE_API_V1_TOKEN names. */
async function fromNotebook({ platform }: CredentialContext): Promise<Credential | undefined> {
  const [path, ...others] = ['KAGGLE_API_V1_TOKEN', 'KAGGLE_KERNEL_RUN_TYPE', 'KAGGLE_DATA_PROXY_URL'].map((name) =>
    variable(platform, name),
  );
  if (!path || !others.every(Boolean)) return undefined;
  const token = await read(platform, path);
  return token ? bearer(token, path) : undefined;
}

/** KAGGLE_API_TOKEN is a token, or the path of a file that has one. */
async function fromVariable({ platform }: CredentialContext): Promise<Credential | undefined> {
  const name = 'KAGGLE_API_TOKEN';
  const value = variable(platform, name);
  if (!value) return undefined;
  let text: string | undefined;
  try {
    text = await readText(platform, value);
  } catch (error) {
    // The length of a token, or a character in it, may be none of a path. What is a folder, or may not be read, is there.
    const code = errorCode((error as Error).cause);
    // Without the permission to read, Deno does not tell whether there is a file.
    const found = /^(?:EISDIR|EACCES|EPERM)$/.test(code) || (code === 'NotCapable' && isPath(value));
    if (found || error instanceof ValidationError) throw new ValidationError(`${name}: ${(error as Error).message}`);
  }
  if (text === '') throw new ValidationError(`${name} names an empty file: ${value}`);
  if (text) return bearer(text, value);
  if (!isPath(value)) return bearer(value, name);
  // Not shown: it may be a token after all.
  throw new ValidationError(
    `${name} looks like a path, but there is no such file${value.startsWith('~') ? ' (~ is not expanded)' : ''}`,
  );
}

async function fromTokenFile({ platform }: CredentialContext): Promise<Credential | undefined> {
  const home = platform.home?.();
  if (!home) return undefined;
  for (const name of ['access_token', 'access_token.txt']) {
    const path = join(platform, home, '.kaggle', name);
    const token = await read(platform, path);
    if (token) return bearer(token, path);
  }
  return undefined;
}

/** The folders that may hold kaggle.json, in the order of the official clients. */
function configFolders(platform: Platform): string[] {
  const named = variable(platform, 'KAGGLE_CONFIG_DIR');
  if (named) return [named];
  const home = platform.home?.();
  if (!home) return [];
  const config = variable(platform, 'XDG_CONFIG_HOME') ?? join(platform, home, '.config');
  return [join(platform, home, '.kaggle'), join(platform, config, 'kaggle')];
}

async function fromFile({ platform }: CredentialContext): Promise<Credential | undefined> {
  for (const folder of configFolders(platform)) {
    const path = join(platform, folder, 'kaggle.json');
    const text = await read(platform, path);
    if (!text) continue;
    const value: unknown = parse(text, path);
    const pair = value as { username?: unknown; key?: unknown } | null;
    if (typeof pair?.username === 'string' && typeof pair.key === 'string') return basic(pair.username, pair.key, path);
    throw new ValidationError(`${path} has no "username" and "key"`);
  }
  return undefined;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the file, and the key in it.
    throw new ValidationError(`${path} is not JSON`);
  }
}

async function fromPair({ platform }: CredentialContext): Promise<Credential | undefined> {
  return pairOfEnvironment(platform);
}

const sources: readonly CredentialProvider[] = [fromNotebook, fromVariable, fromTokenFile, fromPair, fromFile];

/**
 * Looks the credential up in the order of the official client: the notebook's token file; KAGGLE_API_TOKEN as a value or
 * a path; ~/.kaggle/access_token, then access_token.txt; KAGGLE_USERNAME and KAGGLE_KEY; kaggle.json; nothing (anonymous).
 */
export async function resolveCredential(context: CredentialContext): Promise<Credential | undefined> {
  for (const source of sources) {
    const credential = await source(context);
    if (credential) return credential;
  }
  return undefined;
}
