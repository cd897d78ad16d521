import * as datasets from 'kaggle-ts/datasets';
import { equal, includes, ok, pattern, rejection, sha256 } from '../assert.ts';
import type { Cases, Context, FileInput } from '../context.ts';
import { promptly, soon } from '../promptly.ts';

type Bytes = Uint8Array<ArrayBuffer>;
const text = new TextEncoder();
const MiB = 1 << 20;

/** Makes a dataset of the files, and compares what can be downloaded of it with what is expected. */
async function roundTrip(
  context: Context,
  files: FileInput[],
  expected: Record<string, string | Bytes>,
  options?: Parameters<typeof datasets.createOrVersion>[2],
): Promise<void> {
  const { createClient, files: places, unique, user } = context;
  const client = promptly(createClient());
  const slug = unique('uploaded');
  const made = await datasets.createOrVersion(client, { owner: user, slug, files }, options);
  equal([made.ref, made.versionNumber, made.created], [`${user}/${slug}`, 1, true], 'what was made');
  await made.ready(soon);
  const place = await places.open();
  for (const [name, content] of Object.entries(expected)) {
    await datasets.download(client, { owner: user, slug, file: name }, place.target);
    const wanted = typeof content === 'string' ? text.encode(content) : content;
    const stored = await place.read(name);
    equal([stored.length, await sha256(stored)], [wanted.length, await sha256(wanted)], `the content of ${name}`);
  }
  equal(await place.list(), Object.keys(expected).sort(), 'the files');
}

/** A dataset that cannot be made: the error, and no create call. */
async function refused(context: Context, files: FileInput[], name: string) {
  const { control, createClient, unique, user } = context;
  const work = datasets.createOrVersion(createClient(), { owner: user, slug: unique('refused'), files });
  const failure = await rejection(work, name);
  equal((await control.requests({ path: '/CreateDataset' })).length, 0, 'create calls');
  return failure;
}

const puts = async ({ control }: Context) =>
  (await control.requests({ place: 'storage' })).filter((request) => request.method === 'PUT');

export const upload: Cases = {
  async 'bytes and text'(context) {
    const data = pattern(100_000);
    await roundTrip(
      context,
      [
        { name: 'a.bin', data },
        { name: 'b.txt', data: 'grüße\n' },
      ],
      {
        'a.bin': data,
        'b.txt': 'grüße\n',
      },
    );
  },

  async 'a Blob and a File'(context) {
    const data = pattern(70_000, 5);
    const files = [{ name: 'blob.bin', data: new Blob([data]) }, new File(['from a file'], 'file.txt')];
    await roundTrip(context, files, { 'blob.bin': data, 'file.txt': 'from a file' });
  },

  async 'a stream of known length'(context) {
    const data = pattern(300_000, 3);
    const stream = new Blob([data]).stream() as ReadableStream<Uint8Array>;
    await roundTrip(context, [{ name: 'stream.bin', data: stream, size: data.length }], { 'stream.bin': data });
  },

  async 'a stream that is shorter than it says'(context) {
    const stream = new Blob(['short']).stream() as ReadableStream<Uint8Array>;
    await refused(context, [{ name: 'stream.txt', data: stream, size: 500 }], 'TransferError');
  },

  async 'a response of another server'(context) {
    const response = await fetch(`${context.otherUrl}/file/data.bin`);
    await roundTrip(context, [{ name: 'fetched.bin', data: response }], { 'fetched.bin': pattern(64 * 1024) });
  },

  async 'an empty file'(context) {
    await roundTrip(context, [{ name: 'empty.csv', data: '' }], { 'empty.csv': '' });
  },

  async 'folders within folders'(context) {
    const names = ['top.txt', 'a/one.txt', 'a/b/two.txt', 'a/b/c/three.txt', 'z/Ünïcode name (1).txt'];
    const files = names.map((name) => ({ name, data: `this is ${name}` }));
    await roundTrip(context, files, Object.fromEntries(names.map((name) => [name, `this is ${name}`])));
  },

  async 'files of the platform: disk, R2, OPFS'(context) {
    const content = { 'one.txt': 'first', 'deep/er/two.bin': pattern(200_000, 9), 'empty.txt': '' };
    await roundTrip(context, await context.files.place(content), content);
  },

  async 'a large file goes in requests of known length'(context) {
    const data = pattern(9 * MiB + 1, 11);
    await roundTrip(context, [{ name: 'large.bin', data }], { 'large.bin': data });
    const sent = (await puts(context)).map(({ headers }) => headers);
    ok(
      sent.every((headers) => headers['transfer-encoding'] === undefined),
      'nothing is chunked',
    );
    const lengths = sent.map((headers) => Number(headers['content-length']));
    equal(
      lengths.reduce((sum, length) => sum + length, 0),
      data.length,
      'what the requests announce',
    );
    if (sent.length > 1) includes(sent.at(-1)!['content-range'] ?? '', `/${data.length}`, 'the last range');
  },

  async 'a busy storage is asked where to go on'(context) {
    const data = pattern(9 * MiB, 13);
    await context.control.answer({
      place: 'storage',
      method: 'PUT',
      status: 503,
      headers: { 'retry-after': '0' },
      body: '',
    });
    await roundTrip(context, [{ name: 'busy.bin', data }], { 'busy.bin': data });
    const ranges = (await puts(context)).map((request) => request.headers['content-range']);
    ok(ranges.includes(`bytes */${data.length}`), 'the storage was asked how much it holds');
  },

  async 'an answer that is lost'(context) {
    const data = pattern(9 * MiB, 17);
    await context.control.fault({ match: { verb: 'PUT', path: '/upload/' }, kind: 'lostAnswer' });
    // Some runtimes send the request again by themselves, so that we never hear of it: the content is what counts.
    await roundTrip(context, [{ name: 'lost.bin', data }], { 'lost.bin': data });
  },

  async 'a connection that breaks in the middle'(context) {
    const data = pattern(9 * MiB, 18);
    await context.control.fault({ match: { verb: 'PUT', path: '/upload/' }, kind: 'drop', on: 'request', bytes: MiB });
    await roundTrip(context, [{ name: 'dropped.bin', data }], { 'dropped.bin': data });
  },

  async 'a storage that keeps less than it was sent'(context) {
    const data = pattern(3 * MiB, 20);
    await context.control.fault({ match: { verb: 'PUT', path: '/upload/' }, kind: 'commitLess', bytes: MiB });
    await roundTrip(context, [{ name: 'less.bin', data }], { 'less.bin': data });
  },

  async 'an expired session is opened anew'(context) {
    const data = pattern(9 * MiB, 19);
    await context.control.answer({ place: 'storage', method: 'PUT', status: 410, body: '' });
    await roundTrip(context, [{ name: 'expired.bin', data }], { 'expired.bin': data });
    equal((await context.control.requests({ path: '/StartBlobUpload' })).length, 2, 'sessions');
  },

  async 'a file that was stored damaged makes no dataset'(context) {
    const headers = { 'x-goog-hash': 'crc32c=AAAAAA==' };
    await context.control.answer({ place: 'storage', method: 'PUT', genuine: true, headers });
    const { fields } = await refused(context, [{ name: 'damaged.bin', data: pattern(1000) }], 'IntegrityError');
    equal(fields.file, 'damaged.bin', 'the file');
  },

  async 'one file that fails: no dataset'(context) {
    await context.control.answer({ place: 'storage', method: 'PUT', status: 400, body: 'no' });
    const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.txt`, data: name }));
    const { fields, message } = await refused(context, files, 'TransferError');
    includes(message, fields.file, 'the message names the file');
  },

  async 'one file that fails: no new version'(context) {
    const { control, createClient, unique, user } = context;
    const client = promptly(createClient());
    const dataset = { owner: user, slug: unique('kept'), files: [{ name: 'a.txt', data: 'one' }] };
    await (await datasets.createOrVersion(client, dataset)).ready(soon);
    await control.answer({ place: 'storage', method: 'PUT', status: 400, body: 'no' });
    await rejection(datasets.createOrVersion(client, dataset), 'TransferError');
    equal((await control.requests({ path: '/CreateDatasetVersion' })).length, 0, 'new versions');
  },

  async 'a second time it is a new version, and ready waits for that one'(context) {
    const { createClient, files, unique, user } = context;
    const client = promptly(createClient());
    const slug = unique('twice');
    const first = { owner: user, slug, files: [{ name: 'a.txt', data: 'one' }] };
    await (await datasets.createOrVersion(client, first)).ready(soon);
    const again = await datasets.createOrVersion(client, { ...first, files: [{ name: 'a.txt', data: 'two' }] });
    equal([again.versionNumber, again.created], [2, false], 'what was made');
    equal((await again.ready(soon)).versionNumber, 2, 'the version that is ready');
    const place = await files.open();
    await datasets.download(client, { owner: user, slug, file: 'a.txt' }, place.target);
    equal(new TextDecoder().decode(await place.read('a.txt')), 'two', 'the content');
  },

  async 'bad names are refused before anything is sent'(context) {
    const bad = ['../up.txt', '/absolute.txt', 'a\\b.txt', 'C:/x.txt', 'nul', 'a\u0007.txt', 'a//b.txt'];
    for (const name of bad) await refused(context, [{ name, data: 'x' }], 'ValidationError');
    const twice = ['a.txt', 'A.TXT'].map((name) => ({ name, data: 'x' }));
    await refused(context, twice, 'ValidationError');
    equal((await context.control.requests()).length, 0, 'requests');
  },

  async 'no token goes to the storage'(context) {
    await roundTrip(context, [{ name: 'a.txt', data: 'x' }], { 'a.txt': 'x' });
    for (const request of await context.control.requests({ place: 'storage' })) {
      ok(!('authorization' in request.headers), `no Authorization at ${request.path}`);
    }
  },

  async 'progress never falls, and ends at the whole'(context) {
    const data = pattern(9 * MiB, 23);
    const seen: { transferred: number; total: number | undefined; phase: string }[] = [];
    const onProgress = (progress: (typeof seen)[number] & { file: string }) => void seen.push({ ...progress });
    await roundTrip(context, [{ name: 'watched.bin', data }], { 'watched.bin': data }, { onProgress });
    ok(
      seen.every((item, index) => item.transferred >= (seen[index - 1]?.transferred ?? 0)),
      'it never falls',
    );
    equal(seen.at(-1)?.transferred, data.length, 'the end');
    equal(seen.at(-1)?.phase, 'done', 'the last phase');
  },

  async 'an abort stops it with the reason of the caller'(context) {
    const { control, createClient, unique, user } = context;
    await control.answer({ place: 'storage', method: 'PUT', delay: 5000, status: 200, body: {} });
    const controller = new AbortController();
    const reason = new Error('enough');
    const files = [{ name: 'a.bin', data: pattern(1000) }];
    const dataset = { owner: user, slug: unique('aborted'), files };
    const work = datasets.createOrVersion(createClient(), dataset, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 300);
    ok((await rejection(work)).error === reason, 'the error is the reason itself');
    equal((await control.requests({ path: '/CreateDataset' })).length, 0, 'create calls');
  },

  async 'uploadFile gives a token that a create call takes'({ createClient, unique, user }) {
    const client = createClient();
    const { token, size, name } = await datasets.uploadFile(client, { name: 'a.csv', data: 'x,y\n1,2\n' });
    equal([name, size], ['a.csv', 8], 'what was sent');
    const slug = unique('by-token');
    const request = { ownerSlug: user, slug, title: slug, isPrivate: true, files: [{ token }] };
    const answer = await client.call('datasets.DatasetApiService', 'CreateDataset', request);
    ok(!answer.error, 'the server takes it');
  },
};
