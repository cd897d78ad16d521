import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import { equal, everythingOf, excludes, includes, ok, pattern, rejection, sha256 } from '../assert.ts';
import type { Cases, Context } from '../context.ts';
import { promptly, soon } from '../promptly.ts';

const text = new TextDecoder();

/** A dataset with the given files, ready to be downloaded. */
async function dataset(
  { createClient, unique, user }: Context,
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
): Promise<{ owner: string; slug: string }> {
  const handle = { owner: user, slug: unique('to-download') };
  const inputs = Object.entries(files).map(([name, data]) => ({ name, data }));
  const made = await datasets.createOrVersion(promptly(createClient()), { ...handle, files: inputs });
  await made.ready(soon);
  return handle;
}

/** The output listing of a kernel whose files are at the foreign origin. */
async function listing({ control, otherUrl }: Context, names: string[], log?: string): Promise<void> {
  const files = names.map((fileName, index) => ({ fileName, url: `${otherUrl}/file/${index}.txt?signature=s3cret` }));
  await control.answer({ path: '/ListKernelSessionOutput', body: { files, log } });
}

export const download: Cases = {
  async 'one file of a dataset'(context) {
    const data = pattern(500_000, 4);
    const handle = await dataset(context, { 'a/b/data.bin': data, 'other.txt': 'x' });
    const place = await context.files.open();
    const [file] = await datasets.download(context.createClient(), { ...handle, file: 'a/b/data.bin' }, place.target);
    equal([file?.name, file?.size], ['a/b/data.bin', data.length], 'what it says');
    ok(file?.verified === 'crc32c' || file?.verified === 'md5', `it is checked by a hash (${file?.verified})`);
    equal(await place.list(), ['a/b/data.bin'], 'the files');
    equal(await sha256(await place.read('a/b/data.bin')), await sha256(data), 'the content');
  },

  async 'an empty file'(context) {
    const handle = await dataset(context, { 'empty.txt': '', 'other.txt': 'x' });
    const place = await context.files.open();
    const [file] = await datasets.download(context.createClient(), { ...handle, file: 'empty.txt' }, place.target);
    equal(file?.size, 0, 'the size');
    equal((await place.read('empty.txt')).length, 0, 'the content');
  },

  async 'the whole dataset as an archive'(context) {
    const handle = await dataset(context, { 'a.txt': 'content of a', 'b/c.txt': 'content of c' });
    const place = await context.files.open();
    await datasets.download(context.createClient(), handle, place.target);
    equal(await place.list(), [`${handle.slug}.zip`], 'the files');
    const archive = await place.read(`${handle.slug}.zip`);
    equal(text.decode(archive.subarray(0, 2)), 'PK', 'the start of a zip archive');
    includes(text.decode(archive), 'b/c.txt', 'its directory');
  },

  async 'the whole dataset, unpacked on the way'(context) {
    const data = pattern(300_000, 7);
    const handle = await dataset(context, { 'a.txt': 'content of a', 'b/c.bin': data, 'b/empty': '' });
    const place = await context.files.open();
    const files = await datasets.download(context.createClient(), handle, place.target, { unzip: true });
    equal(
      files.map(({ name, size, verified }) => [name, size, verified]),
      [
        ['a.txt', 12, 'crc32'],
        ['b/c.bin', data.length, 'crc32'],
        ['b/empty', 0, 'crc32'],
      ],
      'what it says',
    );
    equal((await place.list()).sort(), ['a.txt', 'b/c.bin', 'b/empty'], 'the files');
    equal(await sha256(await place.read('b/c.bin')), await sha256(data), 'the content');
  },

  async 'parts of a file, and a file of an archive, without a download'(context) {
    const data = pattern(500_000, 9);
    const handle = await dataset(context, { 'a.txt': 'content of a', 'b/c.bin': data });
    const client = context.createClient();
    const file = await datasets.openRemote(client, { ...handle, file: 'b/c.bin' });
    equal(file.size, data.length, 'the size');
    const part = await file.readRange(200_001, 300_007);
    equal(await sha256(part as Uint8Array<ArrayBuffer>), await sha256(data.slice(200_001, 300_007)), 'a part');
    await file.close();
    const archive = await datasets.openArchive(client, handle);
    equal(archive.entries.map(({ name }) => name).sort(), ['a.txt', 'b/c.bin'], 'the entries');
    equal(await new Response(archive.file('a.txt')).text(), 'content of a', 'a file of the archive');
    await archive.close();
  },

  async 'into a stream'(context) {
    const handle = await dataset(context, { 'a.txt': 'streamed', 'b.txt': 'x' });
    let received = '';
    const decoder = new TextDecoder();
    const stream = new WritableStream<Uint8Array>({
      write(chunk) {
        received += decoder.decode(chunk, { stream: true });
      },
    });
    await datasets.download(context.createClient(), { ...handle, file: 'a.txt' }, stream);
    equal(received, 'streamed', 'the content');
  },

  async 'a lost connection is taken up where it broke'(context) {
    const data = pattern(1_000_000, 6);
    const handle = await dataset(context, { 'data.bin': data, 'b.txt': 'x' });
    await context.control.answer({ place: 'storage', method: 'GET', genuine: true, cut: 400_000 });
    const place = await context.files.open();
    await datasets.download(context.createClient(), { ...handle, file: 'data.bin' }, place.target);
    equal(await sha256(await place.read('data.bin')), await sha256(data), 'the content');
    const gets = (await context.control.requests({ place: 'storage' })).filter(({ method }) => method === 'GET');
    ok(gets.length >= 2, `asked again (${gets.length})`);
    ok(/^bytes=[1-9]\d*-/.test(gets.at(-1)?.headers.range ?? ''), `from a byte on (${gets.at(-1)?.headers.range})`);
  },

  async 'a damaged byte is noticed, and fetched again'(context) {
    const data = pattern(200_000, 7);
    const handle = await dataset(context, { 'data.bin': data, 'b.txt': 'x' });
    await context.control.answer({ place: 'storage', method: 'GET', flip: 100_000 });
    const place = await context.files.open();
    await datasets.download(context.createClient(), { ...handle, file: 'data.bin' }, place.target);
    equal(await sha256(await place.read('data.bin')), await sha256(data), 'the content');
  },

  async 'what stays damaged is an IntegrityError, and no file'(context) {
    const handle = await dataset(context, { 'data.bin': pattern(50_000, 8), 'b.txt': 'x' });
    await context.control.answer({ place: 'storage', method: 'GET', flip: 10, times: 20 });
    const place = await context.files.open();
    const work = datasets.download(context.createClient(), { ...handle, file: 'data.bin' }, place.target);
    const { fields } = await rejection(work, 'IntegrityError');
    equal(fields.file, 'data.bin', 'the file');
    equal(await place.list(), [], 'files that are left');
  },

  async 'an error page is not saved'(context) {
    const handle = await dataset(context, { 'data.bin': 'x', 'b.txt': 'x' });
    const body = '<html><body>AccessDenied</body></html>';
    await context.control.answer({ place: 'storage', method: 'GET', status: 403, body, times: 20 });
    const place = await context.files.open();
    const work = datasets.download(context.createClient(), { ...handle, file: 'data.bin' }, place.target);
    const { error, message } = await rejection(work);
    ok((error as { isKaggleError?: boolean }).isKaggleError, 'it is one of our errors');
    includes(message, '403', 'the message');
    equal(await place.list(), [], 'files that are left');
  },

  async 'a dataset that does not exist leaves nothing behind'(context) {
    const place = await context.files.open();
    const handle = { owner: context.user, slug: 'never-made', file: 'a.txt' };
    const { name } = await rejection(datasets.download(context.createClient(), handle, place.target));
    ok(name === 'NotFoundError' || name === 'PermissionError', `the error says so (${name})`);
    equal(await place.list(), [], 'files');
  },

  async 'a name that would leave the folder is refused'(context) {
    const place = await context.files.open();
    const handle = { owner: context.user, slug: 'a-dataset', file: '../evil.txt' };
    await rejection(datasets.download(context.createClient(), handle, place.target), 'ValidationError');
    equal((await context.control.requests()).length, 0, 'requests');
  },

  async 'output: all files, with the log'(context) {
    await listing(context, ['a.txt', 'sub/b.txt'], '[{"stream_name":"stdout","time":0.5,"data":"hi\\n"}]');
    const place = await context.files.open();
    const files = await kernels.output(context.createClient(), 'alice/a-kernel', place.target);
    equal(files.map(({ name }) => name).sort(), ['a-kernel.log', 'a.txt', 'sub/b.txt'], 'what it says');
    equal(await place.list(), ['a-kernel.log', 'a.txt', 'sub/b.txt'], 'the files');
    equal(text.decode(await place.read('sub/b.txt')), 'content of /file/1.txt\n', 'the content');
    for (const request of await context.control.requests({ place: 'other' })) {
      ok(!('authorization' in request.headers), 'no Authorization at the foreign origin');
    }
  },

  async 'output: names that point outside are refused, and nothing is written'(context) {
    for (const bad of ['../evil.txt', '/etc/evil', 'a/../../evil', 'C:\\evil', 'con.txt']) {
      await listing(context, ['good.txt', bad]);
      const place = await context.files.open();
      await rejection(kernels.output(context.createClient(), 'alice/a-kernel', place.target), 'ValidationError');
      equal(await place.list(), [], `files after ${bad}`);
    }
    equal((await context.control.requests({ place: 'other' })).length, 0, 'files that were asked for');
  },

  async 'output: names that collide are refused, and nothing is written'(context) {
    for (const names of [
      ['a.txt', 'A.TXT'],
      ['a', 'a/b.txt'],
      ['same.txt', 'same.txt'],
    ]) {
      await listing(context, names);
      const place = await context.files.open();
      await rejection(kernels.output(context.createClient(), 'alice/a-kernel', place.target), 'ValidationError');
      equal(await place.list(), [], `files after ${names.join(' and ')}`);
    }
  },

  async 'output: over all pages'(context) {
    const { control, createClient, otherUrl } = context;
    const page = (name: string) => ({ files: [{ fileName: name, url: `${otherUrl}/file/${name}` }] });
    await control.answer({ path: '/ListKernelSessionOutput', body: { ...page('1.txt'), nextPageToken: 'two' } });
    await control.answer({ path: '/ListKernelSessionOutput', body: page('2.txt') });
    const place = await context.files.open();
    await kernels.output(createClient(), 'alice/a-kernel', place.target);
    equal(await place.list(), ['1.txt', '2.txt'], 'the files');
    const [, second] = await control.requests({ path: '/ListKernelSessionOutput' });
    equal((second?.json as { pageToken?: string }).pageToken, 'two', 'the token of the second page');
  },

  async 'output: a file that cannot be fetched fails the call, without secrets'(context) {
    await listing(context, ['a.txt', 'b.txt']);
    await context.control.answer({ place: 'other', path: '/file/1.txt', status: 404, body: 'gone', times: 20 });
    const place = await context.files.open();
    const work = kernels.output(context.createClient(), 'alice/a-kernel', place.target);
    const { error, message } = await rejection(work, 'TransferError');
    includes(message, 'b.txt', 'the message');
    excludes(everythingOf(error), 's3cret', 'the error');
    ok(!(await place.list()).includes('b.txt'), 'the error page is not there');
  },
};
