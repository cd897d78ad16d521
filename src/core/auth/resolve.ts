import { errorCode } from '../bytes/file-error.ts';
import { ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential, settings } from './credential.ts';
import { isPath, pairOfEnvironment, variable } from './environment.ts';
import type { CredentialContext, CredentialProvider } from './provider.ts';

/** Reads a small text file and trims it; `undefined` if it does not exist. */
async function readText({ fs }: Platform, path: string): Promise<string | undefined> {
  const text = (await fs?.readText(path))?.replace(/^\uFEFF/, '').trim();
  // PowerShell's `>` writes UTF-16: every other byte is zero.
  if (text?.includes('\0'))
    throw new ValidationError(`cannot read "${path}": it is encoded as UTF-16; save it as UTF-8`);
  return text;
}

/** Like `readText`, but `undefined` also for an empty file. */
async function read(platform: Platform, path: string): Promise<string | undefined> {
  return (await readText(platform, path)) || undefined;
}

function join({ fs }: Platform, ...parts: string[]): string {
  return fs?.join(...parts) ?? parts.join('/');
}

/** In a Kaggle notebook, KAGGLE_API_V1_TOKEN is the path of a file that contains the token. */
async function fromNotebook({ platform }: CredentialContext): Promise<Credential | undefined> {
  const [path, ...others] = ['KAGGLE_API_V1_TOKEN', 'KAGGLE_KERNEL_RUN_TYPE', 'KAGGLE_DATA_PROXY_URL'].map((name) =>
    variable(platform, name),
  );
  if (!path || !others.every(Boolean)) return undefined;
  const token = await read(platform, path);
  return token ? bearer(token, path) : undefined;
}

/** KAGGLE_API_TOKEN is a token, or the path of a file that contains one. */
async function fromVariable({ platform }: CredentialContext): Promise<Credential | undefined> {
  const name = 'KAGGLE_API_TOKEN';
  const value = variable(platform, name);
  if (!value) return undefined;
  let text: string | undefined;
  try {
    text = await readText(platform, value);
  } catch (error) {
    // A token may be too long for a path, or contain characters that paths cannot. Other failures mean that the path exists.
    const code = errorCode((error as Error).cause);
    // Without read permission, Deno does not say whether the file exists.
    const found = /^(?:EISDIR|EACCES|EPERM)$/.test(code) || (code === 'NotCapable' && isPath(value));
    if (found || error instanceof ValidationError) throw new ValidationError(`${name}: ${(error as Error).message}`);
  }
  if (text === '') throw new ValidationError(`${name} is the path of an empty file, "${value}"; write the token to it`);
  if (text) return bearer(text, value);
  if (!isPath(value)) return bearer(value, name);
  // The value is not shown: it may be a token after all.
  throw new ValidationError(
    `${name} looks like a path, but the file does not exist${value.startsWith('~') ? ' (~ is not expanded)' : ''}; set it to the token or to the path of an existing file`,
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

/** The folders that are searched for kaggle.json, in the order of the official client. */
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
    throw new ValidationError(
      `cannot read "${path}": expected "username" and "key" in it; download it again from ${settings}`,
    );
  }
  return undefined;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the file, including the key.
    throw new ValidationError(`cannot read "${path}": it is not valid JSON; download it again from ${settings}`);
  }
}

async function fromPair({ platform }: CredentialContext): Promise<Credential | undefined> {
  return pairOfEnvironment(platform);
}

const sources: readonly CredentialProvider[] = [fromNotebook, fromVariable, fromTokenFile, fromPair, fromFile];

/**
 * Looks up the credential in the order of the official client: the token file of a notebook; KAGGLE_API_TOKEN, a value or a
 * path; ~/.kaggle/access_token, then access_token.txt; KAGGLE_USERNAME and KAGGLE_KEY; kaggle.json. Resolves to `undefined`
 * (anonymous) if there is none.
 */
export async function resolveCredential(context: CredentialContext): Promise<Credential | undefined> {
  for (const source of sources) {
    const credential = await source(context);
    if (credential) return credential;
  }
  return undefined;
}
