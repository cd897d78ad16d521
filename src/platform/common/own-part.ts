import { hostName, isRunning } from './node-host.ts';
import { builtin, nodeProcess } from './node-modules.ts';

/** A short hash of a string: eight hexadecimal digits. */
export function shortHash(text: string): string {
  let hash = 5381;
  for (const char of text) hash = (Math.imul(hash, 33) ^ char.codePointAt(0)!) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/**
 * Returns the name of a temporary file beside `path`. It contains pid and host, so that files of killed processes can be recognized,
 * and a random part, so that it differs from other writers' and from a user's `x.part`. It is truncated to fit file systems.
 */
export function ownPart(path: string): string {
  const { dirname, basename, join } = builtin('node:path');
  const start = [...basename(path)].slice(0, 50).join('');
  const host = hostName();
  const random = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `${start}.${nodeProcess().pid}-${host ? shortHash(host) : 'x'}-${random}.part`);
}

/** Milliseconds without a write after which a temporary file is abandoned, if its process cannot be looked up. */
const longestSilence = 24 * 60 * 60_000;

const cleaned = new Set<string>();

/**
 * Removes temporary files that ended processes of this host left in a folder; once per folder. Failures are ignored, as they must not
 * fail a transfer.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  const fs = builtin('node:fs/promises');
  const { resolve, join } = builtin('node:path');
  const host = hostName();
  if (host === undefined || cleaned.has(resolve(folder))) return;
  cleaned.add(resolve(folder));
  try {
    for (const { name } of await fs.readdir(folder, { withFileTypes: true })) {
      const [, pid, of] = /\.(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.part$/.exec(name) ?? [];
      if (of !== shortHash(host)) continue;
      const path = join(folder, name);
      const running = isRunning(Number(pid));
      const silent = async () => Date.now() - (await fs.stat(path, { bigint: true })).mtime.getTime();
      if (running === undefined ? (await silent()) > longestSilence : !running) await fs.rm(path, { force: true });
    }
  } catch {
    // The next process tries again.
  }
}
