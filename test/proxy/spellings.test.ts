import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { openRemote, output } from '../../src/services/kernels/index.ts';
import { home, setUp, token } from './support.ts';

const listing = 'kernels.KernelsApiService/ListKernelSessionOutput';
const secret = 'eyJhbGciOiJkaXIiLCJlbmMi.c2VjcmV0.c2VjcmV0';
const signature = '0123456789abcdef0123456789abcdef';
const host = 'https://www.kaggleusercontent.com';

/** A proxy in front of a Kaggle that lists these files, and whose storage returns `data`. */
function listed(files: readonly unknown[], more: object = {}) {
  const asked: string[] = [];
  const client = createClient({
    token,
    async fetch({ url, method }) {
      asked.push(url);
      return method === 'POST' ? Response.json({ files, log: '[]', ...more }) : new Response('data');
    },
  });
  const scene = setUp({ client });
  onTestFinished(() => scene.emulator.close());
  return { ...scene, asked };
}

const pathOf = (url: string) => url.slice(`${home}/kaggle/`.length);

/** Spellings that a browser requests at the storage, with the secret in the path or the query. */
const spellings = [
  `${host}/kf/1/${secret}/../escape.txt`,
  `${host}/kf/1/${secret}/../../../../escape.txt`,
  `${host}/kf/1/${secret}/..`,
  `${host}/kf/1/${secret}/a/%2e%2E/%2e./%2e%2e/b`,
  `${host}/kf/1/${secret}\\..\\escape.txt`,
  `${host}/kf/1\\${secret}\\escape.txt`,
  `${host}/kf/1/${secret}//..//../x`,
  `${host}/kf/1/ey\tJ${secret.slice(3)}/a.txt`,
  `${host}/kf/1/e\nyJ${secret.slice(3)}/../a.txt`,
  ` \n${host}/kf/1/${secret}/../a.txt`,
  `ht\ntps:/\t/www.kaggleusercontent.com/kf/1/${secret}/a.txt`,
  `HTTPS://WWW.KaggleUserContent.COM:443/kf/1/${secret}/../a.txt`,
  `https://www.kaggleusercontent.com:8443/kf/1/${secret}/../a.txt`,
  `https:/www.kaggleusercontent.com/kf/1/${secret}/a.txt`,
  `https:www.kaggleusercontent.com/kf/1/${secret}/a.txt`,
  `https:\\\\www.kaggleusercontent.com/kf/1/${secret}/a.txt`,
  `//www.kaggleusercontent.com/kf/1/${secret}/a.txt`,
  `\\\\www.kaggleusercontent.com\\kf\\1\\${secret}\\..\\a.txt`,
  `/\\www.kaggleusercontent.com/kf/1/${secret}/../a.txt`,
  `https://user:${secret}@www.kaggleusercontent.com/kf/1/x/../a.txt`,
  `//storage.googleapis.com/x/../file.csv?X-Goog-Signature=${signature}`,
  `https:\\\\storage.googleapis.com\\x\\file.csv?X-Goog-Signature=${signature}`,
  `https://storage.googleapis.com/x/file.csv?X-Goog-\tSignature=${signature}`,
  `https://other.example/kf/1/${secret}/../a.txt`,
  `//other.example/kf/1/${secret}/../a.txt`,
  `https://other.example/a/..?X-Goog-Signature=${signature}`,
];

const plain = (text: string) => text.replace(/\\+[nt]|[\t\n]/g, '').replace(/\/transfer\/[\w-]+/g, '');

test('no spelling of a signed address reaches a page, in any field', async () => {
  for (const url of spellings) {
    const { send, wire } = listed([{ fileName: 'a.txt', url }], {
      page: url,
      deep: [[url]],
      errorMessage: `at ${url.trim().split(/\s/)[0]}`,
    });
    const response = await send(listing);
    expect(response.status).toBe(200);
    const { files } = (await response.json()) as { files: { url: string }[] };
    expect(plain(wire.text), url).not.toMatch(new RegExp(`${secret.slice(3)}|${signature}`));
    // Nor any address that the page would request itself.
    expect(files[0]!.url, url).toMatch(/^(?:https:\/\/app\.example\.com\/kaggle\/transfer\/[\w-]+)?$/);
  }
});

test('the same spellings inside of text do not reach a page', async () => {
  for (const url of spellings.filter((spelling) => !/[\s@]|other\.example/.test(spelling))) {
    const { send, wire } = listed([], {
      log: JSON.stringify([{ data: `got ${url}\nnext line\n` }]),
      text: `at ${url} .`,
    });
    expect(await (await send(listing)).text(), url).toContain('next line');
    expect(plain(wire.text), url).not.toMatch(new RegExp(`${secret.slice(3)}|${signature}`));
  }
});

test('the address of an output file is sealed in any form, and comments of a kernel are not taken for addresses', async () => {
  const texts = {
    source: '//example.com/?token=mine\nimport x',
    link: '//host?key=1',
    windows: '\\\\server\\share?key=1',
  };
  const { send } = listed([{ fileName: 'a.txt', url: 'https://storage.googleapis.com/x/a.txt' }], texts);
  const answer = (await (await send(listing)).json()) as typeof texts & { files: { url: string }[] };
  expect(answer).toMatchObject(texts);
  expect(answer.files[0]!.url).toMatch(/\/kaggle\/transfer\//);
});

test.each([
  'a/..file',
  'x y.txt',
  '50%.txt',
  'a#b?.txt',
  'a\\b',
  ' é ',
  '%2e%2e',
  'a//b',
])('an output file is requested by its own name: %j', async (fileName) => {
  const { send, asked } = listed([{ fileName, url: `${host}/kf/1/${secret}/${fileName}` }]);
  const { files } = (await (await send(listing)).json()) as { files: { url: string }[] };
  expect(await (await send(pathOf(files[0]!.url), { method: 'GET' })).text()).toBe('data');
  const { pathname, search } = new URL(asked[1]!);
  expect(decodeURIComponent(pathname + search)).toBe(`/kf/1/${secret}/${fileName}`);
});

test.each(['..', '%2e%2e', '\\..'])('a redirect to an address that parsing changes is refused: %s', async (dots) => {
  const location = `${host}/kf/1/${secret}/${dots}/a.txt`;
  const client = createClient({ token, fetch: async () => new Response(null, { status: 302, headers: { location } }) });
  const { send, wire, emulator } = setUp({ client });
  onTestFinished(() => emulator.close());
  expect((await send('kernels.KernelsApiService/DownloadKernelOutput')).status).toBe(502);
  expect(wire.text).not.toContain(secret);
});

test.each([
  '../escape.txt',
  'a/../../b.txt',
  '.',
  'a/./b.txt',
])('an output file that no URL can name is refused, by the proxy and by the client: %s', async (fileName) => {
  const url = `${host}/kf/1/${secret}/${fileName}`;
  const { send, page, asked } = listed([{ fileName, url }]);
  const { files } = (await (await send(listing)).json()) as { files: { url: string }[] };
  const response = await send(pathOf(files[0]!.url), { method: 'GET' });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('"." or ".."') } });
  const lines: string[] = [];
  const direct = createClient({
    token,
    verbose: (line) => lines.push(line),
    fetch: async ({ method, url: at }) => {
      asked.push(at);
      return method === 'POST' ? Response.json({ files: [{ fileName, url }], log: '[]' }) : new Response('data');
    },
  });
  for (const client of [page(), direct]) {
    const opened = openRemote(client, 'alice/my-job/1', fileName);
    await expect(opened).rejects.toThrow(`"${fileName}"`);
    await expect(opened).rejects.toThrow(/contains "\." or "\.\."/);
    await expect(opened).rejects.not.toThrow(secret);
    const sink = () => Promise.reject(new Error('must not be asked'));
    await expect(output(client, 'alice/my-job/1', { sink })).rejects.toThrow(`"${fileName}"`);
  }
  const { page: other } = listed([{ fileName: 'other.txt', url }]);
  await expect(openRemote(other(), 'alice/my-job/1', 'other.txt')).rejects.toThrow('"other.txt"');
  // The storage is never asked.
  expect(asked.filter((at) => at.startsWith(host))).toEqual([]);
  expect(lines.join('\n')).not.toContain(secret);
});
