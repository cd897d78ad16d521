import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

const isText = (type: string): boolean => /^text|json|svg|wasm/.test(type);

/** A file that has been requested once. */
interface Loaded {
  bytes: Uint8Array<ArrayBuffer>;
  zipped: Uint8Array<ArrayBuffer> | undefined;
  etag: string;
}

async function load(path: string, type: string): Promise<Loaded> {
  const bytes = Uint8Array.from(await readFile(path));
  const zipped = isText(type) && bytes.length > 1000 ? Uint8Array.from(await promisify(gzip)(bytes)) : undefined;
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { bytes, zipped, etag: `W/"${hash}"` };
}

function pathOf(request: Request): string | undefined {
  try {
    const path = decodeURIComponent(new URL(request.url).pathname);
    return path === '/' ? '/index.html' : path;
  } catch {
    return undefined;
  }
}

/**
 * Serves the files of a folder on Node, for `createApp({ files })`. Only files that exist now can be requested, so no path
 * leads out of the folder. They are kept in memory, and sent with gzip where the browser accepts it.
 */
export async function staticFiles(folder: string): Promise<(request: Request) => Promise<Response>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join('/')}` as string, path] as const)
      // Hidden files are of tools, such as the manifest of Vite.
      .filter(([name]) => !name.includes('/.')),
  );
  const loaded = new Map<string, Promise<Loaded>>();

  return async (request) => {
    const name = pathOf(request) ?? '';
    const path = found.get(name);
    if (path === undefined) return new Response(null, { status: 404 });
    const type = types[extname(name)] ?? 'application/octet-stream';
    const loading = loaded.get(name) ?? load(path, type);
    loaded.set(name, loading);
    const { bytes, zipped, etag } = await loading;
    const headers = new Headers({ 'content-type': type, etag, vary: 'accept-encoding' });
    if (request.headers.get('if-none-match')?.split(/, */).includes(etag))
      return new Response(null, { status: 304, headers });
    const body = zipped && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '') ? zipped : bytes;
    if (body === zipped) headers.set('content-encoding', 'gzip');
    headers.set('content-length', String(body.length));
    return new Response(body, { headers });
  };
}
