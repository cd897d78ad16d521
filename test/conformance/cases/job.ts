import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import { equal, everythingOf, excludes, includes, ok, rejection } from '../assert.ts';
import type { Cases } from '../context.ts';
import { type Scripted, scriptOf } from '../scripted.ts';

/** Reads the table of the dataset, and writes what only a program that really ran can know. */
const summing = `
import csv, glob, json
total = 0
for path in sorted(glob.glob('/kaggle/input/**/*.csv', recursive=True)):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    print('read', len(rows), 'rows', flush=True)
    total += sum(int(row['value']) ** 3 for row in rows)
with open('/kaggle/working/result.json', 'w') as file:
    json.dump({'total': total, 'words': 'grüße'}, file)
`;

const text = new TextDecoder();

export const job: Cases = {
  async 'the whole job: dataset, kernel, log, output'({ createClient, files, unique, user }) {
    const client = createClient();
    const values = [3, 14, 15, 92];
    const table = `name,value\n${values.map((value, index) => `n${index},${value}`).join('\n')}\n`;
    const inputs = await files.place({ 'table.csv': table });
    const data = await datasets.createOrVersion(client, { owner: user, slug: unique('numbers'), files: inputs });
    await data.ready({ timeout: 120 });

    const place = await files.open();
    const slug = unique('summing');
    const seen: string[] = [];
    const lines: string[] = [];
    const result = await kernels.run(
      client,
      {
        slug: `${user}/${slug}`,
        newTitle: slug,
        text: summing,
        isPrivate: true,
        datasetDataSources: [data.ref],
        output: place.target,
      },
      { onStatus: (status) => seen.push(status), onLog: (entry) => lines.push(entry.data), timeout: 120 },
    );
    equal([result.status, result.ref, result.versionNumber], ['COMPLETE', `${user}/${slug}`, 1], 'the result');
    equal(seen.at(-1), 'COMPLETE', 'the last status');
    includes(lines.join(''), 'read 4 rows', 'the live log');
    equal(await place.list(), ['result.json', `${slug}.log`].sort(), 'the files');
    const total = values.reduce((sum, value) => sum + value ** 3, 0);
    equal(JSON.parse(text.decode(await place.read('result.json'))), { total, words: 'grüße' }, 'what it computed');
    const output = result.files.find((file) => file.name === 'result.json');
    ok(output?.verified === 'crc32c' || output?.verified === 'md5', `checked by a hash (${output?.verified})`);
  },

  async 'a sweep that was left is resumed by another client: each input runs once'({
    createClient,
    files,
    unique,
    user,
  }) {
    const speed = 20;
    const values = new Map<string, string>();
    const state = {
      get: async (key: string): Promise<unknown> => JSON.parse(values.get(key) ?? 'null') ?? undefined,
      set: async (key: string, value: unknown) => void values.set(key, JSON.stringify(value)),
      delete: async (key: string) => void values.delete(key),
    };
    const began = Date.now();
    const fast = () => {
      const client = createClient();
      const now = () => began + (Date.now() - began) * speed;
      const sleep = (ms: number, signal?: AbortSignal) => client.clock.sleep(ms / speed, signal);
      return { ...client, clock: { ...client.clock, now, sleep } };
    };
    const slug = unique('sweep');
    const script = scriptOf({ lines: [[0, 'stdout', 'done\n']], files: { 'result.txt': 'ok' } });
    const request = { slug: `${user}/${slug}`, newTitle: slug, text: script };
    const place = await files.open();
    const options = { key: 'all', concurrency: 2, state, output: place.target };
    for await (const result of kernels.map(fast(), ['a', 'b', 'c'], request, options)) {
      equal(result.status, 'COMPLETE', 'the first result');
      break;
    }
    const results = await kernels.map(fast(), ['a', 'b', 'c'], request, options).all();
    equal(
      results.map(({ index, input, status }) => [index, input, status]),
      [
        [0, 'a', 'COMPLETE'],
        [1, 'b', 'COMPLETE'],
        [2, 'c', 'COMPLETE'],
      ],
      'the results',
    );
    const { metadata } = await kernels.get(createClient(), `${user}/${slug}`);
    equal(metadata?.currentVersionNumber, 3, 'the number of versions');
    const names = ['result.txt', `${slug}.log`].sort();
    const expected = ['0', '1', '2'].flatMap((index) => names.map((name) => `${index}/${name}`));
    equal(await place.list(), expected, 'the files');
  },

  async 'a remote function: its result from the log, or from a file'({ createClient, unique, user }) {
    const client = createClient();
    const nonce = 'c0ffee'.padStart(32, '0');
    const slug = unique('function');
    const value = { words: 'hello', nan: null };
    const small = `${JSON.stringify({ entry: 'embed', value, special: [[['nan'], 'NaN']] })}\n`;
    const scripts: Scripted[] = [
      { lines: [[0, 'stdout', `hello##kaggle-ts ${nonce} ${small.length} ${btoa(small)}##\n`]] },
      {
        files: {
          'kaggle-ts-result.bin': `${JSON.stringify({ entry: 'embed', nonce, value: [0], bytes: [[[0], 3]] })}\nabc`,
        },
      },
    ];
    const results: unknown[] = [];
    const log: string[] = [];
    for (const { lines = [], files } of scripts) {
      const start = [0, 'stdout', `##kaggle-ts call=${nonce}##\n`] as const;
      const script = scriptOf({ lines: [start, ...lines], ...(files && { files }) });
      const text = `def embed(x):\n    return x\n${script}`;
      const embed = kernels.gpu<object, unknown>(client, { slug: `${user}/${slug}`, text, entry: 'embed' });
      const options = { onLog: (entry: kernels.LogEntry) => log.push(entry.data), timeout: 120 };
      results.push(await embed({ bytes: new Uint8Array([0, 255]) }, options));
    }
    equal(results, [{ words: 'hello', nan: Number.NaN }, [new Uint8Array([97, 98, 99])]], 'the results');
    ok(Number.isNaN((results[0] as { nan: number }).nan), 'NaN arrives as it is');
    equal(log.join(''), 'hello', 'the log without markers');
  },

  async 'a kernel that fails: the error has the traceback'({ createClient, token, unique, user }) {
    const client = createClient();
    const slug = unique('failing');
    const script = scriptOf({
      lines: [
        [0, 'stdout', 'so far so good\n'],
        [0, 'stderr', 'Traceback (most recent call last):\n'],
      ],
      failure: 'ValueError: no such luck',
    });
    const work = kernels.run(client, { slug: `${user}/${slug}`, newTitle: slug, text: script }, { timeout: 120 });
    const { error, fields } = await rejection(work, 'KernelFailedError');
    equal(fields.status, 'ERROR', 'the status');
    includes(fields.logTail ?? '', 'Traceback', 'the end of the log');
    includes(fields.logTail ?? '', 'ValueError: no such luck', 'the end of the log');
    excludes(everythingOf(error), token, 'the error');
  },

  async 'a job that another client attaches to: its log in pages, its result'({ createClient, unique, user }) {
    const slug = unique('attached');
    const lines = Array.from({ length: 20 }, (_, line) => [0, 'stdout', `line ${line}: grüße 🎉\n`] as const);
    const text = scriptOf({ lines, files: { 'word.txt': 'x' } });
    const request = { slug: `${user}/${slug}`, newTitle: slug, text, language: 'r' } as const;
    const { id, ...started } = await kernels.start(createClient(), request, { key: 'once' });
    // Without a shared state, the time of the push in the ID of a found job is that of the server.
    const same = await kernels.start(createClient(), request, { key: 'once' });
    equal(
      [same.ref, same.versionNumber, same.kernelId],
      [started.ref, started.versionNumber, started.kernelId],
      'the same job',
    );

    const client = createClient();
    const job = kernels.attach(client, id);
    await kernels.wait(client, job, { timeout: 120 });
    let read = '';
    let cursor: string | undefined;
    for (let ended = false; !ended; ) {
      const page = await job.logs({ cursor, maxBytes: 100 });
      read += page.entries.map(({ data }) => data).join('');
      ({ cursor, ended } = page);
    }
    equal(read, lines.map(([, , data]) => data).join(''), 'the log');
    equal((await job.peek()).ended, true, 'whether it has ended');
    const { files, versionNumber } = await job.result();
    equal([files, versionNumber], [['word.txt'], 1], 'the result');
  },

  async 'a second version: the COMPLETE of the first is not taken for it'({ createClient, files, unique, user }) {
    const client = createClient();
    const slug = unique('versions');
    const push = (word: string) =>
      kernels.push(client, {
        slug: `${user}/${slug}`,
        newTitle: slug,
        text: scriptOf({ files: { 'word.txt': word } }),
      });
    const first = await push('first');
    await kernels.wait(client, first, { timeout: 120 });
    const second = await push('second');
    equal([first.versionNumber, second.versionNumber], [1, 2], 'the versions');
    await kernels.wait(client, second, { timeout: 120 });
    const place = await files.open();
    await kernels.output(client, second, place.target);
    equal(text.decode(await place.read('word.txt')), 'second', 'what the run that was waited for wrote');
  },

  async 'an abort with cancelOnAbort stops an endless loop'({ createClient, unique, user }) {
    const client = createClient();
    const slug = unique('endless');
    const script = 'print("round and round", flush=True)\nwhile True:\n    pass\n';
    const controller = new AbortController();
    const reason = new Error('enough');
    let complaint: unknown;
    const work = kernels.run(
      client,
      { slug: `${user}/${slug}`, newTitle: slug, text: script, params: {} },
      {
        signal: controller.signal,
        cancelOnAbort: true,
        onCancelError: (error) => {
          complaint = error;
        },
        onLog: ({ data }) => {
          if (data.includes('round')) controller.abort(reason);
        },
      },
    );
    const { error } = await rejection(work);
    ok(error === reason, 'the error is the reason itself');
    ok(complaint === undefined, `it could be cancelled (${String(complaint)})`);
    const ended = await rejection(kernels.wait(client, `${user}/${slug}`, { timeout: 120 }), 'KernelFailedError');
    includes(ended.fields.status, 'CANCEL', 'the status in the end');
  },

  async 'a title that does not resolve to the slug is refused before anything is sent'({
    control,
    createClient,
    user,
  }) {
    const request = { slug: `${user}/my-job-x`, newTitle: 'Another name', text: 'print(1)' };
    const { message } = await rejection(kernels.push(createClient(), request), 'ValidationError');
    includes(message, 'another-name', 'the message');
    equal((await control.requests()).length, 0, 'requests');
  },

  async 'invalid sources in the answer are an error'({ control, createClient, user }) {
    const answer = { ref: `/code/${user}/my-job-x`, versionNumber: 1, invalidDatasetSources: ['nobody/nothing'] };
    await control.answer({ path: '/SaveKernel', body: answer });
    const request = {
      slug: `${user}/my-job-x`,
      newTitle: 'My job x',
      text: 'print(1)',
      datasetDataSources: ['nobody/nothing'],
    };
    const { message } = await rejection(kernels.push(createClient(), request), 'PartialPushError');
    includes(message, 'nobody/nothing', 'the message');
  },
};
