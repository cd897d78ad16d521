import { ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential } from './credential.ts';
import { pairOfEnvironment, variable } from './environment.ts';

interface Lookup {
  env(name: string): string | undefined;
  read(path: string): Promise<string | undefined>;
  join(...parts: string[]): string;
  home: string | undefined;
}

function lookup(platform: Platform): Lookup {
  return {
    env: (name) => variable(platform, name),
    read: async (path) => (await platform.fs?.readText(path))?.trim() || undefined,
    join: (...parts) => platform.fs?.join(...parts) ?? parts.join('/'),
    home: platform.home?.(),
  };
}

/** Inside a Kaggle notebook the token is in a file that KAGGLE_API_V1_TOKEN names. */
async function fromNotebook({ env, read }: Lookup): Promise<Credential | undefined> {
  const path = env('KAGGLE_API_V1_TOKEN');
  if (!path || !env('KAGGLE_KERNEL_RUN_TYPE') || !env('KAGGLE_DATA_PROXY_URL')) return undefined;
  const token = await read(path);
  return token ? bearer(token) : undefined;
}

/** KAGGLE_API_TOKEN is a token, or the path of a file that has one. */
async function fromVariable({ env, read }: Lookup): Promise<Credential | undefined> {
  const value = env('KAGGLE_API_TOKEN');
  if (!value) return undefined;
  return bearer((await read(value).catch(() => undefined)) ?? value);
}

async function fromTokenFile({ read, join, home }: Lookup): Promise<Credential | undefined> {
  if (!home) return undefined;
  for (const name of ['access_token', 'access_token.txt']) {
    const token = await read(join(home, '.kaggle', name));
    if (token) return bearer(token);
  }
  return undefined;
}

/** The folders that may hold kaggle.json, in the order of the official clients. */
function configFolders({ env, join, home }: Lookup): string[] {
  const named = env('KAGGLE_CONFIG_DIR');
  if (named) return [named];
  if (!home) return [];
  return [join(home, '.kaggle'), join(env('XDG_CONFIG_HOME') ?? join(home, '.config'), 'kaggle')];
}

async function fromFile(look: Lookup): Promise<Credential | undefined> {
  for (const folder of configFolders(look)) {
    const path = look.join(folder, 'kaggle.json');
    const text = await look.read(path);
    if (!text) continue;
    const value: unknown = parse(text, path);
    const pair = value as { username?: unknown; key?: unknown } | null;
    if (typeof pair?.username === 'string' && typeof pair.key === 'string') return basic(pair.username, pair.key);
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

/**
 * Looks the credential up in the order of the official client: the notebook's token file; KAGGLE_API_TOKEN as a value or
 * a path; ~/.kaggle/access_token, then access_token.txt; KAGGLE_USERNAME and KAGGLE_KEY; kaggle.json; nothing (anonymous).
 */
export async function resolveCredential(platform: Platform): Promise<Credential | undefined> {
  const look = lookup(platform);
  for (const source of [fromNotebook, fromVariable, fromTokenFile, () => pairOfEnvironment(platform), fromFile]) {
    const credential = await source(look);
    if (credential) return credential;
  }
  return undefined;
}
