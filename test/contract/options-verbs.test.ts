import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { elsewhere } from '../../src/core/options/explain.ts';
import { flag, needed, oneOf, seconds, text } from '../../src/core/options/field.ts';
import type { Fields } from '../../src/core/options/shape.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { bindKaggle } from '../../src/kaggle.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';

/** A client that counts what it is asked to send, and ends with the first request. */
function counting(): { client: KaggleClient; sent: string[]; warnings: string[] } {
  const sent: string[] = [];
  const warnings: string[] = [];
  const platform = { ...memoryPlatform(), log: (line: string) => void warnings.push(line) };
  const stopped = new AbortController();
  const fetch = async (request: Request) => {
    sent.push(request.url);
    stopped.abort();
    return Response.json({ code: 500, message: 'out of order' }, { status: 500 });
  };
  const client = createClient({ fetch, token: 'KGAT_test', platform, retry: false, signal: stopped.signal });
  return { client, sent, warnings };
}

/** A call that is right but for what a test changes: the names of its arguments after the client, and their values. */
type Call = Record<string, unknown>;

const source = { size: 0, slice: () => new Blob([]).stream() };
const file = { name: 'a.csv', data: 'x' };
const dataset = { owner: 'alice', slug: 'my-data', files: [file] };
const code = { slug: 'alice/my-job', newTitle: 'My job', text: 'print(1)' };
const remote = { slug: 'alice/my-job', newTitle: 'My job', text: 'def embed(x): return x', entry: 'embed' };

const calls: Record<string, Call> = {
  'datasets.create': { dataset, options: {} },
  'datasets.createOrVersion': { dataset, options: {} },
  'datasets.createVersion': { dataset, options: {} },
  'datasets.download': { dataset: { owner: 'alice', slug: 'my-data' }, target: '/out', options: {} },
  'datasets.get': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.list': { filter: {}, options: {} },
  'datasets.listFiles': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.openArchive': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.openRemote': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.remoteZip': { source, options: {} },
  'datasets.remove': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.status': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'datasets.untar': { stream: new Blob([]).stream(), target: '/out', options: { file: 'a.tar' } },
  'datasets.uploadDatasetFile': { input: file, options: {} },
  'datasets.uploadFile': { input: file, request: {}, options: {} },
  'datasets.waitUntilReady': { dataset: { owner: 'alice', slug: 'my-data' }, options: {} },
  'kernels.attach': { id: 'kj1.alice.my-job.1.500.tq8h7c..0q8pncm' },
  'kernels.cancel': { run: 'alice/my-job', options: {} },
  'kernels.get': { run: 'alice/my-job', options: {} },
  'kernels.gpu': { definition: { ...remote }, value: 1, options: {} },
  'kernels.list': { filter: {}, options: {} },
  'kernels.listOutput': { run: 'alice/my-job', options: {} },
  'kernels.logs': { run: 'alice/my-job', options: {} },
  'kernels.map': { inputs: [1, 2], request: code, options: {} },
  'kernels.openRemote': { run: 'alice/my-job', name: 'a.csv', options: {} },
  'kernels.output': { run: 'alice/my-job', folder: '/out', options: {} },
  'kernels.push': { request: code, options: {} },
  'kernels.remove': { kernel: 'alice/my-job', options: {} },
  'kernels.run': { request: code, options: {} },
  'kernels.start': { request: code, options: {} },
  'kernels.status': { run: 'alice/my-job', options: {} },
  'kernels.sweepStep': { inputs: [1, 2], request: code, options: {} },
  'kernels.wait': { run: 'alice/my-job', options: {} },
  'kernels.watch': { jobs: ['alice/my-job'], options: {} },
};

type Verb = (...args: unknown[]) => unknown;

/** A remote function, which is created and called. */
const callRemote = async (client: KaggleClient, definition: typeof remote, value: unknown, options: object) =>
  kernels.gpu(client, definition)(value, options);

function verbOf(name: string): Verb {
  if (name === 'kernels.gpu') return callRemote as Verb;
  const [area, verb] = name.split('.') as ['datasets' | 'kernels', string];
  return ({ datasets, kernels } as unknown as Record<string, Record<string, Verb>>)[area]![verb]!;
}

/** Carries out what a verb gives, until it has had to ask. */
async function settle(result: unknown): Promise<unknown> {
  const list = result as { all?: () => Promise<unknown>; next?: () => Promise<unknown> };
  return list.all?.() ?? list.next?.() ?? result;
}

/** The error of a call, of which nothing was sent, and that was not thrown before a promise was there. */
async function refusal(name: string, call: Call): Promise<ValidationError> {
  const { client, sent } = counting();
  const result = verbOf(name)(client, ...Object.values(call));
  const error = await settle(result).catch((reason: unknown) => reason);
  expect(error, name).toBeInstanceOf(ValidationError);
  expect(sent).toEqual([]);
  return error as ValidationError;
}

/** The arguments that are options, and the names that each knows, as the error for a name like no other lists them. */
async function places(): Promise<{ name: string; argument: string; known: string[] }[]> {
  const found: { name: string; argument: string; known: string[] }[] = [];
  for (const [name, call] of Object.entries(calls)) {
    for (const [argument, value] of Object.entries(call)) {
      if (typeof value !== 'object' || ['filter', 'source', 'stream', 'input', 'inputs', 'jobs'].includes(argument))
        continue;
      const { message } = await refusal(name, { ...call, [argument]: { ...value, wxyzwxyz: 1 } });
      const [, known] = /wxyzwxyz: no such option; expected one of ([\w, ]+)$/.exec(message) ?? [];
      expect(known, `${name}: ${message}`).toBeDefined();
      found.push({ name, argument, known: known!.split(', ') });
    }
  }
  return found;
}

const all = await places();

test('every verb is tested here', () => {
  const kaggle = bindKaggle({} as KaggleClient);
  // What takes no client asks nothing of Kaggle, and is bound as it is.
  const verbs = (area: 'datasets' | 'kernels', module: object) =>
    Object.entries(kaggle[area])
      .filter(([name, bound]) => bound !== (module as Record<string, unknown>)[name])
      .map(([name]) => `${area}.${name}`);
  expect([...verbs('datasets', datasets), ...verbs('kernels', kernels)].sort()).toEqual(Object.keys(calls).sort());
  const options = all.filter(({ argument }) => argument === 'options');
  expect(options.map(({ name }) => name)).toEqual(Object.keys(calls).filter((name) => 'options' in calls[name]!));
  for (const { known, name } of options.filter(({ name }) => name !== 'datasets.remoteZip'))
    expect(known, name).toContain('signal');
  expect(all.find(({ name, argument }) => name === 'kernels.run' && argument === 'request')?.known.length).toBe(31);
});

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Two letters in the wrong order. */
const typo = (name: string) => `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`;

describe.each(all)('$name: the $argument', ({ name, argument, known }) => {
  const call = calls[name]!;
  const change = (members: object) => ({ ...call, [argument]: { ...(call[argument] as object), ...members } });

  test('an option in another style, or misspelt, is an error that names the right one', async () => {
    for (const option of known) {
      for (const written of [snake(option), option.toUpperCase(), typo(option)]) {
        if (known.includes(written)) continue;
        const { message, issues } = await refusal(name, change({ [written]: 1 }));
        expect(message).toContain(`${written}: no such option; did you mean ${option}`);
        expect(issues.map(({ path }) => path)).toContain(written);
      }
    }
  });

  test('a value that cannot be right is an error that names the option', async () => {
    class Wrong {
      readonly [Symbol.toStringTag] = 'Wrong';
    }
    for (const option of known.filter((option) => option !== 'params')) {
      const { message, issues } = await refusal(name, change({ [option]: new Wrong() }));
      expect(issues.map(({ path }) => path)).toContain(option);
      if (option !== 'headers') expect(message).toMatch(new RegExp(`${option}: expected .*, got a Wrong`));
      const { issues: promised } = await refusal(name, change({ [option]: Promise.resolve(1) }));
      expect(promised.find(({ path }) => path === option)?.message).toMatch(
        option === 'headers' ? /expected/ : /expected .*, got a promise; await it first$/,
      );
    }
  });

  test('undefined counts as absent, null does not', async () => {
    const { client, sent } = counting();
    const members = Object.fromEntries(
      [...known, 'unknown']
        .filter((option) => !Object.hasOwn(call[argument] as object, option))
        .map((option) => [option]),
    );
    const error = await settle(verbOf(name)(client, ...Object.values(change(members)))).catch((reason) => reason);
    if (!['datasets.remoteZip', 'datasets.untar'].includes(name)) expect(sent.length, String(error)).toBeGreaterThan(0);
    const { message } = await refusal(name, { ...call, [argument]: null });
    expect(message).toMatch(/, got null/);
  });
});

describe('the client', () => {
  test.each(Object.keys(calls))('%s says that it is missing or none', async (name) => {
    const { client, sent } = counting();
    const args = Object.values(calls[name]!);
    const usage = `${name === 'datasets.untar' ? 'untar' : name === 'datasets.remoteZip' ? 'remoteZip' : name}(client, `;
    // `attach` returns no promise, and throws.
    const failed = (given: unknown[]) =>
      Promise.resolve(given)
        .then((all) => settle(verbOf(name)(...all)))
        .then(
          () => 'nothing',
          (error: Error) => {
            expect(error).toBeInstanceOf(ValidationError);
            return error.message;
          },
        );
    expect(await failed(args)).toContain(usage);
    expect(await failed([undefined, ...args])).toContain(usage);
    expect(await failed([{ client, datasets, kernels }, ...args])).toContain('pass kaggle.client');
    expect(await failed([Promise.resolve(client), ...args])).toContain('await it first');
    expect(sent).toEqual([]);
  });
});

test('options of other verbs, and names of the official clients', async () => {
  const said = async (name: string, argument: string, option: string) => {
    const call = calls[name]!;
    return (await refusal(name, { ...call, [argument]: { ...(call[argument] as object), [option]: 1 } })).message;
  };
  expect(await said('kernels.run', 'request', 'onLog')).toContain(
    'onLog: no such option here; pass it in options: kernels.run(client, request, { onLog })',
  );
  expect(await said('kernels.run', 'options', 'output')).toContain(
    'pass it in request: kernels.run(client, { output }, options)',
  );
  expect(await said('kernels.run', 'request', 'on_log')).toContain('did you mean onLog? Pass it in options');
  expect(await said('datasets.list', 'filter', 'limit')).toContain('pass it in options');
  for (const [name, argument, option, meant] of [
    ['kernels.push', 'request', 'datasetSources', 'datasetDataSources'],
    ['kernels.push', 'request', 'dataset_sources', 'datasetDataSources'],
    ['kernels.push', 'request', 'title', 'newTitle'],
    ['kernels.push', 'request', 'code_file', 'entry'],
    ['kernels.push', 'request', 'enable_gpu', 'enableGpu'],
    ['kernels.push', 'request', 'enableGPU', 'enableGpu'],
    ['kernels.push', 'request', 'is_private', 'isPrivate'],
    ['kernels.push', 'request', 'keywords', 'categoryIds'],
    ['datasets.create', 'dataset', 'licence', 'licenseName'],
    ['datasets.create', 'dataset', 'licenses', 'licenseName'],
    ['datasets.createVersion', 'dataset', 'version_notes', 'notes'],
    ['datasets.download', 'dataset', 'versionNumber', 'version'],
    ['datasets.download', 'options', 'force', 'existing'],
    ['kernels.wait', 'options', 'abortSignal', 'signal'],
  ] as const) {
    expect(await said(name, argument, option)).toContain(`${option}: no such option; did you mean ${meant}?`);
  }
  expect(await said('kernels.wait', 'options', 'follow')).toContain('it is an option of kernels.logs');
  expect(await said('datasets.createVersion', 'dataset', 'isPrivate')).toContain('it is an option of datasets.create');
  for (const [option, verb] of Object.entries(elsewhere)) {
    const known = all.filter(({ name }) => name === verb).flatMap((place) => place.known);
    expect(known, `${option} of ${verb}`).toContain(option);
  }
});

test('members of members are checked too', async () => {
  const path = async (name: string, change: Call) =>
    (await refusal(name, { ...calls[name], ...change })).issues.map(({ path, message }) => `${path}: ${message}`);
  const fileDetails = { 'a.csv': { discription: 'x' } };
  expect(await path('datasets.create', { dataset: { ...dataset, fileDetails } })).toEqual([
    'fileDetails.a.csv.discription: no such option; did you mean description?',
  ]);
  const files = [
    { ...file, discription: 'x' },
    { ...file, columns: [{ nam: 'x' }] },
    { pathh: 1, path: '/a' },
  ];
  expect(await path('datasets.create', { dataset: { ...dataset, files } })).toEqual([
    'files[0].discription: no such option; did you mean description?',
    'files[1].columns[0].nam: no such option; did you mean name?',
    'files[2].pathh: no such option; did you mean path?',
  ]);
  expect(await path('kernels.wait', { options: { schedule: { frist: 1, factor: 0 } } })).toEqual([
    'schedule.factor: expected a number of at least 1, got 0',
    'schedule.frist: no such option; did you mean first?',
  ]);
  expect(await path('datasets.download', { options: { limits: { maxbytes: 1 } } })).toEqual([
    'limits.maxbytes: no such option; did you mean maxBytes?',
  ]);
});

test('what is wrong is said once, and where', async () => {
  const said = async (name: string, argument: string, members: object) =>
    (await refusal(name, { ...calls[name], [argument]: { ...(calls[name]![argument] as object), ...members } }))
      .message;
  expect(await said('kernels.push', 'request', { datasetDataSources: [5, 'x'] })).toBe(
    'kernels.push: datasetDataSources[1]: expected "owner/slug" or "owner/slug/version", got "x"; datasetDataSources[0]: expected a string, got 5',
  );
  expect(await said('datasets.create', 'dataset', { files: [] })).toBe(
    'datasets.create: files: expected a non-empty array',
  );
  // What a Node stream of a file looks like.
  const stream = { pipe: () => undefined, path: '/a.csv', fd: null, flags: 'r', _events: {} };
  const { message } = await refusal('datasets.uploadFile', { ...calls['datasets.uploadFile'], input: stream });
  expect(message).toContain('Readable.toWeb(stream)');
});

test('values out of range', async () => {
  for (const [name, option, value, allowed] of [
    ['kernels.wait', 'timeout', -1, 'a number of seconds, at least 0'],
    ['kernels.wait', 'timeout', Number.NaN, 'a number of seconds, at least 0'],
    ['kernels.wait', 'timeout', '30', 'a number of seconds, at least 0'],
    ['kernels.output', 'concurrency', 0, 'a whole number of at least 1'],
    ['kernels.output', 'concurrency', 1.5, 'a whole number of at least 1'],
    ['kernels.output', 'existing', 'skip', 'one of check, overwrite'],
    ['kernels.output', 'pattern', '[', 'a glob such as "*.csv" or a RegExp such as /\\.csv$/'],
    ['datasets.get', 'retry', true, 'a whole number of at least 0, or false'],
    ['datasets.listFiles', 'limit', -1, 'a whole number of at least 0, or Infinity'],
  ] as const) {
    const { message } = await refusal(name, { ...calls[name], options: { [option]: value } });
    expect(message).toContain(
      `${option}: expected ${allowed}, got ${JSON.stringify(value) === 'null' ? 'NaN' : JSON.stringify(value)}`,
    );
  }
  const controller = await refusal('kernels.wait', {
    ...calls['kernels.wait'],
    options: { signal: new AbortController() },
  });
  expect(controller.message).toContain('signal: expected an AbortSignal, got an AbortController; pass its signal');
});

test('no message shows a header or a signed address', async () => {
  const secret = 'KGAT_0123456789abcdef';
  const headers = await refusal('datasets.get', {
    ...calls['datasets.get'],
    options: { headers: { authorization: [secret] } },
  });
  const address = `https://storage.googleapis.com/x/y?X-Goog-Signature=${secret}`;
  const ref = await refusal('datasets.get', { dataset: address, options: {} });
  const run = await refusal('kernels.get', { run: address, options: {} });
  const remote = await refusal('datasets.openRemote', { dataset: { url: [address] }, options: {} });
  const choice = await refusal('kernels.output', { ...calls['kernels.output'], options: { existing: address } });
  for (const error of [headers, ref, run, remote, choice])
    expect(JSON.stringify([error.message, error])).not.toContain(secret);
});

test('more than a day in seconds is allowed, and said', async () => {
  const { client, warnings } = counting();
  await kernels.status(client, 'alice/my-job', { timeout: 86_400 }).catch(() => undefined);
  expect(warnings).toEqual([]);
  await kernels.status(client, 'alice/my-job', { timeout: 300_000 }).catch(() => undefined);
  expect(warnings).toEqual(['kaggle-ts: kernels.status: timeout is in seconds; 300000 seconds is 3.5 days']);
  const heard: string[] = [];
  const onWarning = (line: string) => void heard.push(line);
  await kernels.push(client, { ...code, sessionTimeoutSeconds: 3_600_000 }, { onWarning }).catch(() => undefined);
  expect(heard[0]).toMatch(/^kernels\.push: sessionTimeoutSeconds is in seconds/);
});

test('arguments in the wrong order', async () => {
  const { client } = counting();
  const pushed = { ref: 'alice/my-job', url: '', versionNumber: 1, kernelId: 5 };
  const said = (result: Promise<unknown>) => result.then(String, (error: Error) => error.message);
  const output = kernels.output as Verb as (...args: unknown[]) => Promise<unknown>;
  expect(await said(output(client, '/out', pushed))).toContain(
    'folder: expected the path of a folder, or a FolderSink',
  );
  expect(await said(output(pushed, client, '/out'))).toContain('expected the client as the first argument');
  expect(await said(output(client, client, pushed, '/out'))).toContain('run: expected "owner/slug"');
  expect(await said(output(client, client, pushed, '/out'))).toContain(
    'got a client; pass it as the first argument only',
  );
  expect(
    await said(
      output(
        client,
        kernels.push(client, code).catch(() => pushed),
        '/out',
      ),
    ),
  ).toContain('got a promise; await it first');
  const push = kernels.push as Verb as (...args: unknown[]) => Promise<unknown>;
  expect(await said(push(client, { signal: new AbortController().signal }, code))).toContain(
    'signal: no such option here; pass it in options: kernels.push(client, request, { signal })',
  );
});

test('a description that differs from its options does not compile', () => {
  interface Options {
    readonly name: string;
    readonly seconds?: number | undefined;
  }
  const right: Fields<Options> = { name: needed(text()), seconds: seconds() };
  // @ts-expect-error an option that is not described
  const missing: Fields<Options> = { name: needed(text()) };
  // @ts-expect-error a description of nothing
  const more: Fields<Options> = { ...right, ...{ third: flag() }, third: flag() };
  // @ts-expect-error of another type
  const other: Fields<Options> = { name: needed(text()), seconds: text() };
  // @ts-expect-error narrower than the option
  const narrower: Fields<{ mode?: 'a' | 'b' }> = { mode: oneOf('a') };
  // @ts-expect-error one that may not be left out
  const optional: Fields<Options> = { name: text(), seconds: seconds() };
  expect([right, missing, more, other, narrower, optional].map((fields) => Object.keys(fields).length)).toEqual([
    2, 1, 3, 2, 1, 2,
  ]);
});

test('an option of an earlier version is ignored with a word on what does its work now', async () => {
  const { client, sent, warnings } = counting();
  const options = { sleep: async () => undefined, clock: undefined } as object;
  await expect(kernels.wait(client, 'alice/my-kernel', options)).rejects.not.toBeInstanceOf(ValidationError);
  expect(sent).toHaveLength(1);
  expect(warnings).toEqual([expect.stringMatching(/kernels\.wait: sleep is ignored; .*platform/)]);
});

test('many unknown names get one list of what there is', async () => {
  const { client } = counting();
  const names = Object.fromEntries(['qqa', 'qqb', 'qqc', 'qqd', 'qqe', 'qqf', 'qqg'].map((name) => [name, 1]));
  const error = await kernels.wait(client, 'alice/my-kernel', names as object).catch((thrown) => thrown);
  expect(error.message).toMatch(/^kernels\.wait: qqa, qqb, qqc, qqd, qqe and 2 more: no such option; expected one of /);
  expect(error.message.match(/expected one of/g)).toHaveLength(1);
  expect(error.issues).toHaveLength(7);
});
