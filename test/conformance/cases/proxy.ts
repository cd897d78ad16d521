import type { KaggleClient } from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import { createProxy, runJobs } from 'kaggle-ts/proxy';
import { equal, includes, pattern, rejection, sha256 } from '../assert.ts';
import type { Cases, Context, Facts } from '../context.ts';
import { promptly, soon } from '../promptly.ts';
import { scriptOf } from '../scripted.ts';

/** Searches all that was sent between a page and its proxy. */
async function checkRecord({ control }: Context): Promise<Facts> {
  const { sent, received, cuts, secrets, found, known, lines } = await control.recorded('6 * 7 = 42');
  equal(found, [], 'secrets of Kaggle between the page and the proxy');
  equal(known, true, 'whether the search finds what the kernel printed');
  equal(cuts, 1, 'lost connections');
  // The file up and down, and what belongs to it: otherwise not all was recorded.
  equal([sent > 9 << 20, received > 18 << 20, secrets > 10, lines > 20], [true, true, true, true], 'a whole record');
  return { secrets, sent, received };
}

/** Uploads a file in parts, downloads it again, and runs a kernel, all through a proxy. */
async function useProxy(context: Context, page: KaggleClient): Promise<void> {
  const { files, unique, user } = context;
  const client = promptly(page);
  equal(await client.whoAmI(), user, 'whoAmI');
  const data = pattern(9 << 20, 3);
  const slug = unique('proxied');
  const made = await datasets.createOrVersion(client, { owner: user, slug, files: [{ name: 'a.bin', data }] });
  await made.ready(soon);
  const place = await files.open();
  const target = { owner: user, slug, file: 'a.bin' };
  const [file] = await datasets.download(client, target, place.target, { connections: 3 });
  equal(file!.verified, 'crc32c', 'how the download was verified');
  equal(await sha256(await place.read('a.bin')), await sha256(data), 'the content');
  const archive = await files.open();
  await datasets.download(client, `${user}/${slug}`, archive.target, { unzip: true });
  equal(await sha256(await archive.read('a.bin')), await sha256(data), 'the content of the archive');

  const name = unique('proxied');
  const lines: [number, 'stdout', string][] = [
    [0, 'stdout', '6 * 7 = 42\n'],
    [300, 'stdout', 'last\n'],
  ];
  const text = scriptOf({ lines, files: { 'out.txt': 'out' } });
  const output = await files.open();
  const request = { slug: `${user}/${name}`, newTitle: name, text, output: output.target };
  const log: string[] = [];
  const { status } = await kernels.run(client, request, { onLog: (entry) => log.push(entry.data) });
  equal([status, log.join('')], ['COMPLETE', '6 * 7 = 42\nlast\n'], 'the run');
  equal(new TextDecoder().decode(await output.read('out.txt')), 'out', 'the output');
  const refused = await rejection(kernels.remove(client, `${user}/${name}`));
  includes(refused.message, 'DeleteKernel is not allowed by this proxy', 'the message');
}

export const proxy: Cases = {
  'all functions work with a proxy and without a token': {
    only: ['tls'],
    async run(context) {
      const { proxyUrl, createClient, runtime, control } = context;
      const isPage = runtime === 'chromium';
      if (isPage) await control.cutProxy(1 << 20);
      await useProxy(context, createClient({ endpoint: proxyUrl, token: undefined, credential: 'proxy' }));
      return isPage ? checkRecord(context) : {};
    },
  },

  'a proxy runs here, and streams in both directions': {
    only: ['tls'],
    na: { chromium: 'a page serves no requests' },
    async run(context) {
      const { createClient } = context;
      const { fetch } = createProxy({ client: createClient(), allow: runJobs, authorize: () => true });
      const endpoint = 'https://app.example.com/kaggle';
      await useProxy(
        context,
        createClient({ endpoint, token: undefined, credential: 'proxy', fetch: (request) => fetch(request) }),
      );
    },
  },
};
