import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesSource } from '../../src/core/bytes/sources.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { uploadBlob } from '../../src/core/transfer/upload/upload.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { noWait, withClock } from '../clock.ts';
import { type ObservedStorage, observedStorage, type Trouble } from './observed-storage.ts';

const MiB = 2 ** 20;
const content = new Uint8Array(randomBytes(3 * MiB + 5));
const size = content.length;
let storage: ObservedStorage;

beforeEach(async () => {
  storage = await observedStorage();
});
afterEach(() => storage.close());

/** Uploads the content in one request that is read as it is sent, or in parts of 1 MiB. */
function upload(way: 'whole' | 'parts', stallTimeout: number) {
  const inParts = way === 'parts' && { put: undefined, sizedStreams: false };
  const client = createClient({
    endpoint: storage.url,
    token: 'KGAT_test',
    platform: { ...nodePlatform(), state: undefined, ...inParts },
  });
  return uploadBlob(
    withClock(client, noWait),
    bytesSource(content, 'data.bin', new Date(1e12)),
    { type: 'DATASET', name: 'data.bin' },
    { limits: { partSize: MiB }, stallTimeout },
  );
}

const short = (line: string) =>
  line
    .replace('bytes ', '')
    .replaceAll(`/${size}`, '')
    .replace(String(size - 1), 'end');

test.each<[string, 'whole' | 'parts', Record<number, Trouble>, string[]]>([
  ['in one request', 'whole', {}, ['all: 200']],
  [
    'in parts, in order',
    'parts',
    {},
    ['0-1048575: 308', '1048576-2097151: 308', '2097152-3145727: 308', '3145728-end: 200'],
  ],
  [
    'the connection is cut: it asks, and goes on where the storage is',
    'whole',
    { 1: { kind: 'cut', after: MiB } },
    ['all: cut', '*: 308', '1048576-end: 200'],
  ],
  [
    'another request while the one before hangs: both are cut, and the session is still good',
    'whole',
    { 1: { kind: 'hang', after: MiB } },
    ['*: 308', '1048576-end: cut', '*: 308', '1048576-end: 200'],
  ],
  [
    'bytes that the storage has lost: 400, it asks and begins again',
    'parts',
    { 1: { kind: 'forget' } },
    ['0-1048575: 308', '1048576-2097151: 400', '*: 308', '0-1048575: 308', '1048576-2097151: 308'],
  ],
  [
    'an expired session: a new one',
    'parts',
    { 2: { kind: 'expire' } },
    ['0-1048575: 308', '1048576-2097151: 404', 'StartBlobUpload', '0-1048575: 308'],
  ],
])('%s', async (_name, way, troubles, lines) => {
  for (const [number, trouble] of Object.entries(troubles)) storage.troubles.set(Number(number), trouble);
  const hangs = Object.values(troubles).some(({ kind }) => kind === 'hang');
  const { token, verified } = await upload(way, hangs ? 2 : 30);
  expect(token).toMatch(/^eyJhbGciOiJkaXIi/);
  expect(verified).toBe('md5');
  const sums = storage.objects.map((object) => createHash('sha256').update(object).digest('hex'));
  expect(sums).toEqual([createHash('sha256').update(content).digest('hex')]);
  expect(storage.seen.map(short).slice(1, lines.length + 1)).toEqual(lines);
});
