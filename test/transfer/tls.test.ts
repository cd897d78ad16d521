import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authority, trusted } from '../tls/authority.ts';
import { content } from './download-server.ts';
import { startTlsServer, type TlsServer } from './tls-server.ts';
import { runtimes, startRunner } from './upload-processes.ts';

/** More than the buffers of both ends of a connection hold. */
const large = 14_000_007;
/** More than one part of an upload. */
const medium = 9_000_001;
const small = 100_001;
const sums = new Map(
  [large, medium, small].map((size) => [size, createHash('sha256').update(content(size)).digest('hex')]),
);
const places = ['folder', 'slow sink', 'slow stream'];

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  let folder: string;
  let server: TlsServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    server = await startTlsServer(version);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  // Records differ little between the versions.
  const all = version === 'TLSv1.3' ? Object.keys(runtimes) : ['node22', 'node', 'deno'];
  test.each(all)('%s brings every byte, whatever is slower than the network', async (runtime) => {
    const settings = { endpoint: server.url, folder, large, small };
    const result = await startRunner(runtime, 'tls-cases.ts', settings, folder, trusted).result;
    check(result, large);
  });

  test.each(
    version === 'TLSv1.3' ? ['node', 'node24', 'node22'] : [],
  )('%s: an authority that only the dispatcher of the program knows counts for uploads and downloads', async (runtime) => {
    const settings = { endpoint: server.url, folder, large: medium, small, authority };
    check(await startRunner(runtime, 'tls-cases.ts', settings, folder).result, medium);
  });

  function check(result: unknown, large: number): void {
    const wanted = (file: string, size: number, verified: string) =>
      places.map((place) => [`${file} to a ${place}`, { verified, sha256: sums.get(size) }]);
    expect(result).toEqual(
      Object.fromEntries([
        ...wanted(`${large}.bin`, large, 'length'),
        ...wanted(`${large}.sum.bin`, large, 'crc32c'),
        ...wanted(`${small}.bin`, small, 'length'),
      ]),
    );
    expect(server.uploads).toEqual([sums.get(large), sums.get(large)]);
  }
});
