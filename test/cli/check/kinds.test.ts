import { afterAll, expect, test, vi } from 'vitest';
import type { EmulatorOptions } from '../../../src/testing/index.ts';
import { packed } from '../../../src/testing/zip.ts';
import { nested, onAddress, onFile, withHeaders } from './changes.ts';
import { type Change, hurry, runLab } from './lab.ts';

hurry();
afterAll(() => void vi.unstubAllGlobals());

const { Response: Answer } = globalThis;

/** Errors of the API are flat. */
const flat: Change = async ({ url, response }) => {
  if (!url.pathname.includes('/v1/') || !response || response.status < 400) return undefined;
  const text = await response.text();
  if (text === '') return new Answer(null, { status: response.status });
  const { error } = JSON.parse(text) as { error: { code: number; message: string } };
  return Answer.json({ code: error.code, message: error.message }, { status: response.status });
};

/** Only bare numbers name versions. */
const bareNumbers: Change = ({ rpc, body, url }) => {
  const label = rpc ? body?.versionLabel : url.searchParams.get('versionLabel');
  return label?.startsWith('v') ? nested(404, 'No runs found for this kernel.') : undefined;
};

/** The storage knows nothing but whole files. */
const plainStorage: Change = onFile(
  ({ request, response }) => request.method === 'GET' && response?.headers.has('etag') === true,
  (response, { request, emulator }) => {
    const bare = { 'x-goog-hash': null, etag: null, 'content-range': null, 'accept-ranges': null };
    if (!request.headers.has('range')) return withHeaders(response, bare);
    return emulator.fetch(new Request(request.url)).then((whole) => withHeaders(whole, bare));
  },
);

/** No output can be listed. */
const noOutput: Change = ({ rpc }) => (rpc === 'ListKernelSessionOutput' ? nested(500, 'Internal error') : undefined);

/** No dataset can be made. */
const noDatasets: Change = ({ rpc, emulator }) => {
  if (rpc !== 'CreateDataset') return undefined;
  emulator.state.datasets.clear();
  return nested(403, 'Denied');
};

/** Sets of ids by what they begin with. */
const of = (all: readonly string[], ...starts: string[]) =>
  all.filter((id) => starts.some((start) => id.startsWith(start)));

test('flat errors everywhere', async () => {
  const { ids, code } = await runLab({ changes: [flat] });
  expect(ids('differs')).toEqual(['auth.made-up-shape', 'errors.shape']);
  expect(code).toBe(0);
});

test('labels that are bare numbers: steps fail, and the questions still find out why', async () => {
  const { ids, code, lines } = await runLab({ changes: [bareNumbers, swapNumbers()] });
  for (const reader of ['status', 'output', 'source', 'files', 'log']) {
    expect(ids('differs')).toContain(`label.${reader}.v`);
    expect(ids('differs')).toContain(`label.${reader}.number`);
    expect(ids('agrees')).toContain(`label.${reader}.none`);
  }
  expect(lines.join('\n')).toContain('the server does not find the version by its label "v1"');
  // What does not depend on labels is seen all the same.
  expect(ids('agrees')).toEqual(expect.arrayContaining(['mounts.owner', 'range.output', 'session.container']));
  expect(code).toBe(1);
});

/** What the emulator would say of `v1` is the answer to `1`. */
function swapNumbers(): Change {
  return async ({ request, rpc, body, url, emulator }) => {
    const headers = { ...Object.fromEntries(request.headers) };
    if (rpc && body?.versionLabel === '1') {
      const changed = JSON.stringify({ ...body, versionLabel: 'v1' });
      return emulator.fetch(new Request(request.url, { method: 'POST', headers, body: changed }));
    }
    if (url.searchParams.get('versionLabel') !== '1') return undefined;
    return emulator.fetch(new Request(request.url.replace('=1', '=v1'), { headers }));
  };
}

test('a storage that knows neither ranges nor checksums', async () => {
  const { ids, code } = await runLab({ changes: [plainStorage] });
  expect(ids('differs').sort()).toEqual(
    ['hash', 'etag', 'range'].flatMap((what) => storages.map((storage) => `${what}.${storage}`)).sort(),
  );
  expect(of(ids('not seen'), 'if-range.same.')).toHaveLength(3);
  expect(code).toBe(0);
});

/** Every file of a dataset comes in an archive. */
const packAll: Change[] = [
  onAddress(
    ({ fileName }) => fileName !== undefined,
    (address) => address.replace(/(?<!\.zip)\?/, '.zip?'),
  ),
  onFile(
    ({ request, url }) => request.method === 'GET' && /^\/download\/.*(?<!archive|large\.\w+)\.zip$/.test(url.pathname),
    async (response, { url }) => {
      const name = decodeURIComponent(
        url.pathname
          .split('/')
          .at(-1)!
          .replace(/\.zip$/, ''),
      );
      return new Answer((await packed({ name, data: new Uint8Array(await response.arrayBuffer()), created: 0 })).data);
    },
  ),
];

test('every file of a dataset comes packed', async () => {
  const { ids, lines } = await runLab({ changes: packAll });
  expect(of(ids('differs'), 'wrap.')).toEqual(['wrap.csv', 'wrap.txt', 'wrap.bin', 'wrap.large-bin']);
  expect(of(ids('agrees'), 'wrap.')).toEqual(['wrap.large-csv', 'wrap.large-txt']);
  expect(lines.filter((line) => line.startsWith('failed'))).toEqual([]);
});

const storages = ['archive', 'file', 'output'];

test.each<[EmulatorOptions, string[]]>([
  [
    { mounts: 'legacy', charset: false, hashes: 'md5' },
    ['mounts.owner', 'mounts.old', 'log.charset', 'upload.hash', ...storages.map((storage) => `hash.${storage}`)],
  ],
  [
    { mounts: 'both', allowedOrigins: ['http://localhost:8080'] },
    ['mounts.old', ...['api', 'upload', 'download', 'output'].map((target) => `cors.${target}.localhost`)],
  ],
])('an emulator with %j', async (options, expected) => {
  const { ids, code } = await runLab({ options });
  expect(ids('differs').sort()).toEqual([...expected].sort());
  expect(code).toBe(0);
});

test('no dataset can be made: the kernel still tells what it can', async () => {
  const { ids, lines, code } = await runLab({ changes: [noDatasets] });
  expect(lines.join('\n')).toMatch(/^failed {2}upload version 1/m);
  expect(of(ids('not seen'), 'unpack.')).toHaveLength(6);
  expect(of(ids('agrees'), 'label.')).toHaveLength(17);
  expect(code).toBe(1);
});

test('no output can be listed: what depends on it says so', async () => {
  const { answered, ids } = await runLab({ changes: [noOutput] });
  const dot = answered.find(({ question }) => question.id === 'output.dotfile')!;
  expect(dot.finding).toMatchObject({ why: expect.stringContaining('500, Internal error') });
  expect(of(ids('agrees'), 'label.status.')).toHaveLength(3);
});
