import type { Platform } from '../../core/platform.ts';
import { plainBody, unsupportedCoding } from '../common/content-coding.ts';
import { builtin } from '../common/node-modules.ts';
import { nodePut } from '../common/node-put.ts';
import { defaultStateFolder, folderState } from '../common/node-state.ts';
import { usesProxy } from '../common/proxy.ts';
import { serverParts } from '../common/server.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

type PermissionDescriptor = { name: 'env'; variable: string } | { name: 'read' | 'write'; path: string };

/** The members of the global `Deno` that are used. */
interface DenoGlobal {
  readonly env: { get(name: string): string | undefined };
  readonly permissions: { querySync(descriptor: PermissionDescriptor): { readonly state: string } };
  createHttpClient(options: { http2: boolean }): object;
}

/**
 * Returns the platform of Deno: files, state and hashes of its node:* modules. An environment variable without permission reads as
 * unset, so that looking for credentials does not prompt; opening a file may prompt.
 */
export function denoPlatform(): Platform {
  return {
    name: 'deno',
    ...serverParts(),
    env,
    credentialHelp,
    home,
    state: folderState(stateFolder),
    put: nodePut,
    putReaches: (url) => !usesProxy(url, env),
    fetch: (request) => fetch(request, ownConnections()).then(unpacked),
    call: (url, init) => fetch(url, { ...init, ...ownConnections() }).then(unpacked),
    byobBodies: true,
  };
}

function env(variable: string): string | undefined {
  return mayRead(variable) ? denoGlobal().env.get(variable) : undefined;
}

function denoGlobal(): DenoGlobal {
  return (globalThis as unknown as { Deno: DenoGlobal }).Deno;
}

function mayRead(variable: string): boolean {
  return denoGlobal().permissions.querySync({ name: 'env', variable }).state === 'granted';
}

function credentialHelp(): string {
  const variables = ['KAGGLE_API_TOKEN', 'KAGGLE_USERNAME', 'KAGGLE_KEY'];
  const hidden = [...variables, 'HOME'].filter((name) => !mayRead(name));
  if (hidden.length > 0) {
    return `run deno with --allow-env=${hidden.join(',')} to read credentials from the environment, or pass createClient({ token })`;
  }
  return 'set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), create ~/.kaggle/access_token (or kaggle.json) and run deno with --allow-read, or pass createClient({ token })';
}

/** The state folder, if there is permission to use it: a transfer that needs no state must not prompt. */
function stateFolder(): string | undefined {
  const path = defaultStateFolder(env, home);
  if (path === undefined) return undefined;
  const { permissions } = denoGlobal();
  const granted = (['read', 'write'] as const).every(
    (name) => permissions.querySync({ name, path }).state === 'granted',
  );
  return granted ? path : undefined;
}

/** From the environment, as `os.homedir` would require another permission. */
function home(): string | undefined {
  return env('HOME') || env('USERPROFILE') || undefined;
}

/**
 * Decodes the content encoding of a response. Deno does so, and removes the header, only if the request has no Accept-Encoding;
 * else an encoded body that was not requested would be stored as the file.
 */
function unpacked(response: Response): Response {
  const { body, headers, status, url } = response;
  if (!body || !headers.has('content-encoding')) return response;
  // Deno's DecompressionStream does not detect a truncated body of this encoding.
  const isDeflate = /^\s*deflate\s*$/i.test(headers.get('content-encoding')!);
  const plain = isDeflate
    ? body.pipeThrough(builtin('node:stream').Duplex.toWeb(builtin('node:zlib').createInflate()))
    : plainBody(headers, () => body);
  if (!plain) throw unsupportedCoding(headers);
  return Object.defineProperty(new Response(plain as BodyInit, { status, headers }), 'url', { value: url });
}

let client: object | undefined;

/** Makes `fetch` use one HTTP/1.1 connection per request. Proxies and certificate authorities are those of the global `fetch`. */
function ownConnections(): RequestInit {
  client ??= denoGlobal().createHttpClient({ http2: false });
  return { client } as RequestInit;
}
