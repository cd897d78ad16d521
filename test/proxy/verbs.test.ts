import { Buffer } from 'node:buffer';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { deletions, readOnly, runJobs } from '../../src/proxy/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { filesBelow, isGenerated, read } from '../structure/source-files.ts';
import { leaks, setUp as open, type Scene } from './support.ts';

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function setUp(...given: Parameters<typeof open>): Scene {
  const scene = open(...given);
  onTestFinished(() => scene.emulator.close());
  return scene;
}

/** Compares quickly. */
const same = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0;

/** Bytes that do not repeat, so that a part in the wrong place is noticed. */
function bytesOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0, value = 1; at < size; at++) {
    value = (value * 1103515245 + 12345) & 0x7fffffff;
    bytes[at] = value >> 16;
  }
  return bytes;
}

test('whoAmI returns the user of the credential on the server', async () => {
  const { page, wire } = setUp();
  expect(await page().whoAmI()).toBe('alice');
  expect(wire.sent.map(({ headers }) => headers.get('authorization'))).toEqual([null]);
  expect(leaks(wire)).toEqual([]);
});

test('whoAmI works with a username and key on the server', async () => {
  const { emulator, page } = setUp();
  const client = createClient({ username: 'alice', key: 'alice-key', fetch: emulator.fetch });
  const { page: other } = setUp({ client, secret: 's'.repeat(32) });
  expect(await other().whoAmI()).toBe(await page().whoAmI());
});

test('a run: push, live log, status and output', async () => {
  const { page, wire } = setUp();
  const platform = memoryPlatform();
  const lines: string[] = [];
  const { status, log } = await kernels.run(
    page(undefined, { platform }),
    { slug: 'alice/my-job', newTitle: 'My job', text: 'print(1)', output: '/out' },
    { onLog: ({ data }) => lines.push(data) },
  );
  expect(status).toBe('COMPLETE');
  expect(lines.join('')).toBe('first\nsecond\n');
  expect(log).toHaveLength(2);
  expect(text(platform.files.get('/out/result.txt'))).toBe('6 * 7 = 42');
  expect(leaks(wire)).toEqual([]);
});

test('a live log arrives line by line while the kernel runs', async () => {
  const { promise: printed, resolve: proceed } = Promise.withResolvers<void>();
  const executor = scriptedExecutor(async (job) => {
    job.onOutput('stdout', 'first\n');
    await printed;
    job.onOutput('stdout', 'last\n');
  });
  const { page, events, wire } = setUp({}, { executor });
  const client = page();
  const kernel = await kernels.push(client, { slug: 'alice/my-job', newTitle: 'My job', text: 'print(1)' });
  const lines: string[] = [];
  for await (const { data } of kernels.logs(client, kernel, { follow: true })) {
    lines.push(data);
    // The kernel ends only after its first line was read.
    proceed();
  }
  expect(lines).toEqual(['first\n', 'last\n']);
  expect(events.filter(({ type }) => type === 'log').map(({ status }) => status)).toEqual([200]);
  expect(leaks(wire)).toEqual([]);
});

test('a run of a folder, whose files are uploaded as a dataset', async () => {
  const { page, wire } = setUp();
  const files = { 'main.py': 'import other', 'other.py': 'x = 1', 'data.bin': bytesOf(2 * 2 ** 20) };
  const { status } = await kernels.run(page(), { slug: 'alice/my-job', newTitle: 'My job', files, entry: 'main.py' });
  expect(status).toBe('COMPLETE');
  expect(wire.sent.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(0);
  expect(leaks(wire)).toEqual([]);
});

test('datasets: uploads in parts, listing, downloads in ranges, archives', async () => {
  const { page, wire } = setUp();
  const platform = memoryPlatform();
  const client = page(undefined, { platform });
  const large = bytesOf(9 * 2 ** 20);
  const files = [
    { name: 'large.bin', data: large },
    { name: 'a/small.txt', data: 'small' },
    { name: 'empty.txt', data: '' },
  ];
  const dataset = { owner: 'alice', slug: 'my-points', title: 'My points', files };
  const done = new Map<string, unknown>();
  const version = await datasets.createOrVersion(client, dataset, {
    onProgress: ({ file, verified }) => verified && done.set(file, verified),
  });
  await version.ready();
  expect([...done.values()]).toEqual(['crc32c', 'crc32c', 'crc32c']);
  const listed = await datasets.listFiles(client, 'alice/my-points').all();
  expect(listed.map(({ name }) => name).sort()).toEqual(['a/small.txt', 'empty.txt', 'large.bin']);

  await datasets.download(client, { owner: 'alice', slug: 'my-points', file: 'large.bin' }, '/one', { connections: 4 });
  expect(same(platform.files.get('/one/large.bin'), large)).toBe(true);
  await datasets.download(client, 'alice/my-points', '/all', { unzip: true });
  expect(text(platform.files.get('/all/a/small.txt'))).toBe('small');
  const remote = await datasets.openRemote(client, { owner: 'alice', slug: 'my-points', file: 'large.bin' });
  expect(await remote.readRange(5_000_000, 5_000_100)).toEqual(large.slice(5_000_000, 5_000_100));
  await remote.close();
  const archive = await datasets.openArchive(client, 'alice/my-points');
  expect(await new Response(archive.file('a/small.txt')).text()).toBe('small');
  await archive.close();

  const ranges = wire.sent.filter(({ method, headers }) => method === 'GET' && headers.has('range'));
  expect(ranges.length).toBeGreaterThan(3);
  const puts = wire.sent.filter(({ method, headers }) => method === 'PUT' && headers.has('content-range'));
  expect(puts.length).toBeGreaterThan(1);
  for (const { url } of [...ranges, ...puts]) expect(url).toMatch(/^https:\/\/app\.example\.com\/kaggle\/transfer\//);
  await datasets.remove(client, 'alice/my-points');
  expect(leaks(wire)).toEqual([]);
});

test('an upload survives lost connections, expired sessions and a new page', async () => {
  const { page, wire, emulator } = setUp();
  const large = bytesOf(9 * 2 ** 20);
  const platform = memoryPlatform();
  const lastModified = new Date(0);
  const slice = (start: number, end: number) => new Blob([large.slice(start, end)]).stream();
  const source = { name: 'large.bin', key: '/large.bin', size: large.length, lastModified, slice };
  const files = [{ name: 'large.bin', data: source }];
  const dataset = { owner: 'alice', slug: 'my-points', title: 'My points', files };
  emulator.faults.add({ kind: 'drop', on: 'request', bytes: 2 ** 20, match: { puts: 'data' } });
  const aborted = new AbortController();
  const leave = datasets.createOrVersion(page(undefined, { platform }), dataset, {
    signal: aborted.signal,
    onProgress: ({ phase, transferred }) => phase === 'upload' && transferred >= 8 * 2 ** 20 && aborted.abort(),
  });
  await expect(leave).rejects.toThrow();
  const before = wire.sent.filter(({ url }) => url.includes('StartBlobUpload')).length;
  const version = await datasets.createOrVersion(page(undefined, { platform }), dataset);
  await version.ready();
  const copy = memoryPlatform();
  await datasets.download(
    page(undefined, { platform: copy }),
    { owner: 'alice', slug: 'my-points', file: 'large.bin' },
    '/copy',
  );
  expect(same(copy.files.get('/copy/large.bin'), large)).toBe(true);
  expect(wire.sent.filter(({ url }) => url.includes('StartBlobUpload')).length).toBe(before);
  expect(wire.sent.some(({ headers }) => headers.get('content-range')?.startsWith('bytes */'))).toBe(true);
  expect(leaks(wire)).toEqual([]);
});

/** The methods that the functions of datasets and kernels call. */
function methodsOfVerbs(): string[] {
  const generated = new Map<string, string>();
  for (const path of filesBelow('src/services', 'methods.ts').filter(isGenerated)) {
    for (const [, constant, service, name] of read(path).matchAll(
      /export const (\w+): Method<[^{]*\{\s*service: '([\w.]+)',\s*name: '(\w+)'/g,
    ))
      generated.set(`${path.split('/')[2]}.${constant}`, `${service}/${name}`);
  }
  const found = new Set<string>(['security.OAuthService/IntrospectToken', 'blobs.BlobApiService/StartBlobUpload']);
  for (const area of ['datasets', 'kernels']) {
    for (const path of filesBelow(`src/services/${area}`, '.ts').filter((file) => !isGenerated(file))) {
      for (const [, names] of read(path).matchAll(/import \{([^}]*)\} from '[^']*generated\/(?:index|methods)\.ts'/g)) {
        for (const name of names!.split(',').map((part) => part.trim().split(' ')[0]!)) {
          const method = generated.get(`${area}.${name}`);
          if (method) found.add(method);
        }
      }
    }
  }
  // The live log is read by a GET.
  found.add('kernels.KernelsApiService/GetKernelSessionLogsStream');
  return [...found].sort();
}

test('the presets list exactly the methods of all functions', () => {
  const verbs = methodsOfVerbs();
  expect(verbs).toContain('kernels.KernelsApiService/SaveKernel');
  expect(Object.keys({ ...runJobs, ...deletions }).sort()).toEqual(verbs);
  const reads = /\/(?:Get|List|Download|Introspect)/;
  expect(Object.keys(readOnly).sort()).toEqual(verbs.filter((name) => reads.test(name)));
  expect(Object.keys(deletions).sort()).toEqual(verbs.filter((name) => /\/Delete/.test(name)));
});
