import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Platform } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { type ArchiveServer, serveArchive } from './archive-server.ts';

/** A folder of its own for one test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-archive-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Serves an archive until the test ends. */
export async function serve(data: Uint8Array): Promise<ArchiveServer> {
  const server = await serveArchive(data);
  onTestFinished(() => server.close());
  return server;
}

export function client(own: Partial<Platform> = {}): KaggleClient {
  const platform = { ...nodePlatform(), ...own };
  return createClient({ token: 'KGAT_test', endpoint: 'http://127.0.0.1:1', retry: false, platform });
}

/** All files below a folder, with what is in them. */
export function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (at: string) => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      if (statSync(path).isDirectory()) walk(path);
      else found[relative(folder, path)] = readFileSync(path, 'latin1');
    }
  };
  walk(folder);
  return found;
}
