import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  KaggleError,
  KernelFailedError,
  MissingCapabilityError,
  TimeoutError,
  ValidationError,
} from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import type { StandardSchema } from '../../src/services/kernels/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { callLine, createFunctions, nonce, resultLine, returns } from './remote-functions-fake.ts';

const text = 'def embed(x):\n    return x\n';
const code = { text, entry: 'embed' };

/** A function that ends when its run is canceled. */
const runUntilAbort = (_: unknown, { signal }: { signal: AbortSignal }) =>
  new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));

/** The error of a promise that must reject. */
async function failure(running: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return running.then(
    (value) => expect.unreachable(`returned ${JSON.stringify(value)}`),
    (error) => error,
  );
}

describe('a call', () => {
  test('pushes the file, the input and the settings, and returns the result', async () => {
    const { client, jobs, emulator } = createFunctions(({ value }, job) => returns(job, value.length), {
      files: { '/job/embed.py': text },
    });
    const embed = kernels.gpu<string[], number>(client, { file: '/job/embed.py', entry: 'embed' });
    expect(embed.name).toBe('embed');
    expect(await embed(['a', 'b'])).toBe(2);
    expect(jobs[0]!.text).toContain(JSON.stringify(text));
    const kernel = emulator.state.kernels.get('alice/function-embed')!;
    expect(kernel).toMatchObject({ title: 'function embed', isPrivate: true });
    expect(kernel.versions).toMatchObject([{ shape: 'NvidiaTeslaT4' }]);
  });

  test('takes slug, machine and sources, and a folder of modules', async () => {
    const { client, jobs, emulator } = createFunctions((_, job) => returns(job, null));
    const files = { 'src/embed.py': text, 'helper.py': 'x = 1\n' };
    const settings = { slug: 'alice/my-vectors', machineShape: 'CPU', enableInternet: false } as const;
    await kernels.gpu<void, null>(client, { ...settings, files, file: 'src/embed.py', entry: 'embed' })();
    const [version] = emulator.state.kernels.get('alice/my-vectors')!.versions;
    expect(version).toMatchObject({ shape: '' });
    expect(jobs[0]!.text).toContain('"helper.py": "x = 1\\n"');
    expect(jobs[0]!.text).toContain('# Sets up the files');
    expect(jobs[0]!.text).toContain('"src/__kaggle_call__.py"');
  });

  test('without an input sends none', async () => {
    const { client } = createFunctions((call, job) => returns(job, Object.hasOwn(call, 'value')));
    const embed = kernels.gpu<undefined | null, boolean>(client, code);
    expect(await embed(undefined)).toBe(false);
    expect(await embed(null)).toBe(true);
  });

  test('shows the log without markers, and takes no result but the one with the nonce', async () => {
    const spoof = 'f'.repeat(32);
    const lines = [`##kaggle-ts call=${spoof}##\n`, resultLine({ entry: 'embed', value: 'spoofed' }, spoof), 'half'];
    const { client } = createFunctions((_, job) => {
      job.onOutput('stdout', lines.join(''));
      returns(job, 'real');
      job.onOutput('stdout', ' a line\n');
      job.onOutput('stderr', callLine);
    });
    const entries: kernels.LogEntry[] = [];
    const embed = kernels.gpu<void, string>(client, code);
    expect(await embed(undefined, { onLog: (entry) => void entries.push(entry) })).toBe('real');
    const said = (stream: string) => entries.filter((entry) => entry.stream === stream).map(({ data }) => data);
    expect(said('stdout').join('')).toBe(`${lines.join('')} a line\n`);
    expect(said('stderr').join('')).toBe(callLine);
    const stored = await Array.fromAsync(kernels.logs(client, 'alice/function-embed/1'));
    expect(
      stored
        .filter(({ stream }) => stream === 'stdout')
        .map(({ data }) => data)
        .join(''),
    ).toBe(said('stdout').join(''));
  });

  test('takes a result that is not in the log, or garbled there, from its file', async () => {
    const content = new TextEncoder().encode(
      `${JSON.stringify({ entry: 'embed', nonce, value: [0], bytes: [[[0], 2]] })}\n\x01\x02`,
    );
    const files = [{ name: 'kaggle-ts-result.bin', data: content }];
    const { client } = createFunctions(({ value }, job) => {
      if (value !== 'large') job.onOutput('stdout', resultLine({ entry: 'embed', value: 1 }).replace(' ', value));
      return { files };
    });
    const embed = kernels.gpu<string, Uint8Array[]>(client, code);
    expect(await embed('large')).toEqual([new Uint8Array([1, 2])]);
    for (const garbled of [' \n', ' 1', ' 12 AAAA', ' epoch 1\n'])
      expect(await embed(garbled)).toEqual([new Uint8Array([1, 2])]);
  });

  test('runs once for a key, and another process gets its result by the id of the job', async () => {
    const { client, emulator } = createFunctions(({ value }, job) => returns(job, value * 2));
    const embed = kernels.gpu<number, number>(client, code);
    expect(await embed(1, { key: 'first' })).toBe(2);
    expect(await embed(1, { key: 'first' })).toBe(2);
    const job = await embed.start(1, { key: 'first' });
    expect(job).toMatchObject({ ref: 'alice/function-embed', versionNumber: 1, key: 'first' });
    const started = await embed.start(21);
    await kernels.wait(client, started);
    const again = kernels.gpu<number, number>(client, code);
    expect(await Promise.all([again.result(job), again.result(started.id), again.result(started)])).toEqual([
      2, 42, 42,
    ]);
    expect(await again.result('alice/function-embed/1')).toBe(2);
    expect(emulator.state.kernels.get('alice/function-embed')!.versions).toHaveLength(2);
    expect((await failure(again.result(`${job.id}x`))).message).toContain('expected the id of a job');
  });

  test('of another account has an owner in its error', async () => {
    const users = [
      { username: 'alice', token: 'KGAT_test' },
      { username: 'bob', token: 'KGAT_bob' },
    ];
    const { client, emulator } = createFunctions((_, job) => returns(job, 1), { users });
    const job = await kernels.gpu<void, number>(client, code).start();
    await kernels.wait(client, job);
    const bob = createClient({ fetch: emulator.fetch, token: 'KGAT_bob', retry: 0 });
    for (const run of [job, job.id]) {
      const thrown = await failure(kernels.gpu<void, number>(bob, code).result(run));
      expect(thrown.message).toContain('it belongs to the account "alice", and the credential to "bob"');
    }
  });

  test('with a large input uploads a dataset, also several at once', async () => {
    const { client, jobs, emulator } = createFunctions(({ value }, job) => returns(job, value));
    const embed = kernels.gpu<Uint8Array, null>(client, { ...code, machineShape: 'CPU' });
    const inputs = [1, 2, 3].map((fill) => new Uint8Array(300_000).fill(fill));
    expect(await Promise.all(inputs.map((input) => embed(input)))).toEqual([null, null, null]);
    expect(jobs.map(({ inputs }) => inputs.length)).toEqual([1, 1, 1]);
    const last = (bytes: Uint8Array) => bytes.at(-1);
    const sent = jobs.map(({ inputs }) => inputs[0]!.files.find(({ name }) => name === '__kaggle_input__.bin')!.data);
    expect(sent.map(last).sort()).toEqual([1, 2, 3]);
    expect([...emulator.state.datasets.keys()]).toEqual(['alice/function-embed-code']);
  });

  test('with bytes of any kind pushes a source of about their size', async () => {
    const { client, jobs } = createFunctions(({ bytes }, job) => returns(job, bytes));
    const embed = kernels.gpu<Uint8Array, unknown>(client, code);
    for (const fill of [0, 65, 255]) {
      expect(await embed(new Uint8Array(200_000).fill(fill))).toEqual([[[], 200_000]]);
      expect(jobs.at(-1)!.text.length).toBeLessThan(300_000);
    }
  });

  test('starts a new version each time', async () => {
    const { client, emulator } = createFunctions(({ value }, job) => returns(job, value * 2));
    const double = kernels.gpu<number, number>(client, { text: 'def embed(x): return 2 * x', entry: 'embed' });
    expect(await Promise.all([1, 2].map((x) => double(x)))).toEqual([2, 4]);
    expect(emulator.state.kernels.get('alice/function-embed')!.versions).toHaveLength(2);
  });
});

describe('a call that fails', () => {
  const error = { type: 'ValueError', message: 'no text', traceback: 'Traceback ...\nValueError: no text\n' };

  test('throws the exception of the function', async () => {
    const { client } = createFunctions((_, job) => {
      job.onOutput('stderr', error.traceback);
      job.onOutput('stdout', resultLine({ entry: 'embed', error }));
      return { failureMessage: 'exit code 1' };
    });
    const embed = kernels.gpu<void, string>(client, code);
    const thrown = await failure(embed());
    expect(thrown).toBeInstanceOf(kernels.RemoteFunctionError);
    expect(thrown).toBeInstanceOf(KernelFailedError);
    expect(thrown).toMatchObject({
      message: 'version 1 of alice/function-embed failed: embed raised ValueError: no text',
      ...{ type: 'ValueError', reason: 'no text', traceback: error.traceback },
      ...{ status: 'ERROR', failureMessage: 'exit code 1', logTail: error.traceback.trimEnd() },
    });
    expect(await failure(embed.result('alice/function-embed/1'))).toMatchObject({
      ...{ message: thrown.message, traceback: error.traceback, logTail: error.traceback.trimEnd() },
    });
  });

  test('throws the failure of the run without a result, and returns a result even of a failed run', async () => {
    const { client } = createFunctions(({ value }, job) => {
      if (value) returns(job, 'done');
      else job.onOutput('stderr', 'Killed\n');
      return { failureMessage: 'Your notebook tried to allocate more memory than is available.' };
    });
    const embed = kernels.gpu<boolean, string>(client, code);
    const thrown = await failure(embed(false));
    expect(thrown).toMatchObject({ name: 'KernelFailedError', status: 'ERROR', logTail: 'Killed' });
    expect(thrown.message).toContain('allocate more memory');
    expect(await failure(embed.result('alice/function-embed/1'))).toMatchObject({
      ...{ name: 'KernelFailedError', message: thrown.message },
    });
    // A library crashes when the process ends, after the function has returned.
    expect(await embed(true)).toBe('done');
  });

  test('says that a run has no result, not this one, or an unknown one', async () => {
    const { client } = createFunctions(({ value }, job) => {
      if (value) job.onOutput('stdout', resultLine(value));
    });
    const embed = kernels.gpu<object | null, string>(client, code);
    const of = async (value: object | null) => (await failure(embed(value))).message;
    expect(await of(null)).toMatch(/^version 1 of alice\/function-embed has no result: the process ended before embed/);
    expect(await of({ entry: 'tokenize', value: 1 })).toContain('is a call of tokenize, not of embed');
    expect(await of({ entry: 'embed' })).toContain(
      'cannot read the result of version 3 of alice/function-embed: it has',
    );
    expect(await of({ entry: 'embed', error: 'x' })).toContain('it has an unknown form');
    expect(await of({ entry: 'embed', value: {}, special: [[['__proto__', 'x'], 'NaN']] })).toContain('it is damaged');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('does not take a file that another program wrote for its result', async () => {
    const content = (by?: string) =>
      new TextEncoder().encode(`${JSON.stringify({ entry: 'embed', nonce: by, value: 1 })}\n`);
    const { client } = createFunctions(({ value }) => ({
      files: [{ name: 'kaggle-ts-result.bin', data: content(value.by) }],
      ...(value.fails && { failureMessage: 'Killed' }),
    }));
    const embed = kernels.gpu<{ by?: string; fails?: boolean }, number>(client, code);
    expect(await embed({ by: nonce })).toBe(1);
    for (const by of [undefined, 'f'.repeat(32)]) {
      expect((await failure(embed({ by }))).message).toContain('has no result');
      expect((await failure(embed({ by, fails: true }))).name).toBe('KernelFailedError');
    }
  });

  test('of a run that has not ended has no result yet', async () => {
    const { client, emulator } = createFunctions(runUntilAbort);
    const embed = kernels.gpu<void, string>(client, code);
    const stop = new AbortController();
    const running = failure(
      embed(undefined, { signal: stop.signal, onStatus: (status) => status === 'RUNNING' && stop.abort() }),
    );
    expect((await running).name).toBe('AbortError');
    const pending = await failure(embed.result('alice/function-embed'));
    expect(pending).toBeInstanceOf(KaggleError);
    expect(pending.message).toContain('has not ended (RUNNING)');
    // The run continues without `cancelOnAbort`.
    expect(emulator.state.kernels.get('alice/function-embed')!.versions[0]!.status).toBe('RUNNING');
  });

  test('is canceled on abort if asked to, and reaches its timeout', async () => {
    const { client, emulator } = createFunctions(runUntilAbort);
    const embed = kernels.gpu<void, string>(client, code);
    const stop = new AbortController();
    const options = { signal: stop.signal, cancelOnAbort: true, onLog: () => {} };
    const reason = new Error('enough');
    const running = embed(undefined, { ...options, onStatus: (status) => status === 'RUNNING' && stop.abort(reason) });
    expect(await failure(running)).toBe(reason);
    expect(emulator.state.kernels.get('alice/function-embed')!.versions[0]!.status).toMatch(/^CANCEL_/);
    expect(await failure(embed(undefined, { timeout: 60 }))).toBeInstanceOf(TimeoutError);
  });
});

describe('what cannot be right', () => {
  const nothing = () => createFunctions(() => expect.unreachable());

  test('is refused when the function is created', () => {
    const { client } = nothing();
    const said = (definition: object) => {
      try {
        kernels.gpu(client, definition as never);
        return 'nothing';
      } catch (error) {
        expect(error).toBeInstanceOf(ValidationError);
        return (error as Error).message;
      }
    };
    expect(said({})).toBe(
      'kernels.gpu: file is missing; name the Python file with the function, or pass text; entry is missing',
    );
    expect(said({ ...code, entry: 'my embed' })).toContain('entry: expected the name of a Python function');
    expect(said({ ...code, entry: 'größe' })).toBe('nothing');
    expect(said({ entry: 'embed', file: 'embed.ipynb' })).toContain(
      'file: expected the path of a Python file, such as',
    );
    expect(said({ ...code, files: {} })).toContain('text: expected one of text, folder and files, got text and files');
    expect(said({ entry: 'embed', text: 'embed.py' })).toContain('looks like a path; pass it as file');
    expect(said({ ...code, slug: 'my embed' })).toContain('slug: expected "owner/slug"');
    expect(said({ ...code, slug: 'abc', newTitle: 'x' })).toContain('newTitle: expected 5 to 50 characters, got 1');
    expect(said({ ...code, datasetDataSources: ['x'] })).toContain('datasetDataSources[0]: expected "owner/slug"');
    expect(said({ ...code, input: 'string' })).toContain('input: expected a schema that implements Standard Schema');
    expect(said({ ...code, output: { '~standard': { version: 2 } } })).toContain('output: expected a schema');
    expect(said({ ...code, params: { a: 1 } })).toContain('params: no such option');
    expect(said({ ...code, gpu: 'T4' })).toContain('gpu: no such option; did you mean machineShape?');
  });

  test('of the file is refused before anything is sent', async () => {
    const { client, called } = createFunctions(() => expect.unreachable(), {
      files: { '/a/embed.py': text, '/a/latin.py': new Uint8Array([0x23, 0xe9]) },
    });
    const said = async (definition: object) => (await failure(kernels.gpu(client, definition as never)(1))).message;
    expect(await said({ file: '/a/tokens.py', entry: 'embed' })).toBe(
      'kernels.gpu: file: no such file: "/a/tokens.py"',
    );
    expect(await said({ file: '/a/embed.py', entry: 'embeds' })).toBe(
      'kernels.gpu: entry: no such function in "embed.py": "embeds"; it has: embed',
    );
    expect(await said({ files: { 'a.py': text }, file: 'b.py', entry: 'embed' })).toContain(
      'no such file in the folder: "b.py"',
    );
    const files = { 'embed.py': text, '__kaggle_call__.py': '' };
    expect(await said({ files, file: 'embed.py', entry: 'embed' })).toContain(
      'the folder has a file of that name; rename it',
    );
    expect(await said({ files: { 'a.py': new Uint8Array([255]) }, file: 'a.py', entry: 'embed' })).toContain(
      'as UTF-8',
    );
    expect(called()).toEqual([]);
    expect(await said({ file: '/a/latin.py', entry: 'embed' })).toContain('cannot read "/a/latin.py" as UTF-8 text');
    expect(called()).toEqual([]);
    const bare = createClient({ token: 'KGAT_test', platform: { name: 'workers', concurrency: 1 } });
    const thrown = await failure(kernels.gpu(bare, { file: 'embed.py', entry: 'embed' })(1));
    expect(thrown).toBeInstanceOf(MissingCapabilityError);
    expect(thrown.message).toContain('this platform (workers) has no file system; pass text: the Python source');
  });

  test('of the input is refused, with its place', async () => {
    const { client, called } = nothing();
    const embed = kernels.gpu<unknown, unknown>(client, code);
    const said = async (input: unknown) => (await failure(embed(input))).message;
    const loop: Record<string, unknown> = { a: [] };
    (loop.a as unknown[]).push(loop);
    const expected = 'expected JSON or a Uint8Array, got';
    expect(await said({ a: [new Map()], b: 2n })).toBe(
      `embed: input.a[0]: ${expected} a Map; input.b: ${expected} the bigint 2; pass a number or a string`,
    );
    expect(await said([undefined])).toBe(`embed: input[0]: ${expected} undefined`);
    expect(await said(new Float32Array(2))).toBe(
      `embed: input: ${expected} a Float32Array; pass Array.from(array), or its bytes`,
    );
    expect(await said({ at: new Date() })).toContain(
      'input.at: expected JSON or a Uint8Array, got a Date; pass date.toISOString()',
    );
    expect(await said(Promise.resolve(1))).toContain('got a promise; await it first');
    expect(await said({ f: () => 1 })).toContain('input.f: expected JSON or a Uint8Array, got a function');
    expect(await said({ toJSON: () => 1 })).toContain('got an object with toJSON(); pass what that returns');
    expect(await said(loop)).toContain('input.a[0]: expected JSON or a Uint8Array, got an object that contains itself');
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(await said(deep)).toContain('nested too deeply');
    expect((await failure(embed(1, { timout: 5 } as object))).message).toContain(
      'timout: no such option; did you mean timeout?',
    );
    expect((await failure(embed(1, { signal: AbortSignal.abort() }))).name).toBe('AbortError');
    expect((await failure(embed.result('a/b/c/d'))).message).toContain('invalid kernel');
    expect(called()).toEqual([]);
  });
});

describe('schemas', () => {
  /** A schema without a library: an even number, checked asynchronously, which is doubled. */
  const even: StandardSchema<number, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      async validate(value) {
        if (typeof value === 'number' && value % 2 === 0) return { value: value * 2 };
        return { issues: [{ message: `expected an even number, got ${value}` }] };
      },
    },
  };

  test('check and convert the input and the result', async () => {
    const { client, called, emulator } = createFunctions(({ value }, job) => returns(job, value));
    const input = v.object({ texts: v.array(v.string()), size: v.optional(v.number(), 3) });
    const output = v.pipe(
      v.any(),
      v.transform(({ texts, size }) => [size, ...texts].join('-')),
    );
    const embed = kernels.gpu(client, { ...code, input, output });
    const value: string = await embed({ texts: ['a', 'b'] });
    expect(value).toBe('3-a-b');
    expect(await embed.result('alice/function-embed/1')).toBe('3-a-b');
    const doubled = kernels.gpu(client, { ...code, input: even, output: even });
    expect(await doubled(2)).toBe(8);
    const never: StandardSchema<number> = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [] }) },
    };
    const refused = await failure(kernels.gpu(client, { ...code, input: never })(1));
    expect(refused.message).toBe('embed: input: does not match its schema');
    const before = called().length;
    const wrong = await failure(embed({ texts: ['a', 5] } as never));
    expect(wrong).toBeInstanceOf(ValidationError);
    expect(wrong).toMatchObject({
      issues: [{ path: 'input.texts[1]', message: expect.stringContaining('Expected string') }],
    });
    expect((await failure(doubled(3))).message).toBe('embed: input: expected an even number, got 3');
    expect(called()).toHaveLength(before);
    expect(emulator.state.kernels.get('alice/function-embed')!.versions).toHaveLength(2);
  });

  test('name the place in a result that does not match', async () => {
    const { client } = createFunctions((_, job) => returns(job, [{ score: 'high' }]));
    const embed = kernels.gpu(client, { ...code, output: v.array(v.object({ score: v.number() })) });
    const thrown = await failure(embed(undefined));
    expect(thrown).toBeInstanceOf(ValidationError);
    expect(thrown.message).toMatch(/^embed: result\[0\]\.score: .*Expected number/);
  });
});

describe('map', () => {
  const settings = { ...code, machineShape: 'CPU' };

  test('calls the function once for each input, and continues with the same inputs', async () => {
    const error = { type: 'ValueError', message: 'odd', traceback: 'ValueError: odd\n' };
    const { client, emulator } = createFunctions(({ value }, job) => {
      if (value.id % 2 === 0) return returns(job, value.id * 10);
      job.onOutput('stdout', resultLine({ entry: 'embed', error }));
      return { failureMessage: 'exit code 1' };
    });
    const inputs = [0, 1, 2].map((id) => ({ id, weight: Number.NaN, bytes: new Uint8Array([id]) }));
    const input = v.object({ id: v.number(), weight: v.any(), bytes: v.any() });
    const embed = kernels.gpu(client, { ...settings, input, output: v.number() });
    const sweep = embed.map(inputs);
    const results = await sweep.all();
    expect(results.map(({ index, status, ok }) => [index, status, ok])).toEqual([
      [0, 'COMPLETE', true],
      [1, 'ERROR', false],
      [2, 'COMPLETE', true],
    ]);
    expect(results.map((result) => (result.ok ? result.value : result.error))).toEqual([
      0,
      expect.objectContaining({ name: 'RemoteFunctionError', reason: 'odd', status: 'ERROR' }),
      20,
    ]);
    expect(results[1]!.input).toBe(inputs[1]);
    expect(results[1]!.job).toMatchObject({ ref: 'alice/function-embed' });
    expect(sweep.key).toBeTruthy();
    const again = await Array.fromAsync(kernels.gpu(client, { ...settings, output: v.string() }).map(inputs));
    expect(again.every(({ ok }) => !ok)).toBe(true);
    expect(again.map((result) => !result.ok && result.error.name).sort()).toEqual([
      ...['RemoteFunctionError', 'ValidationError', 'ValidationError'],
    ]);
    expect(emulator.state.kernels.get('alice/function-embed')!.versions).toHaveLength(3);
    // Other bytes are other inputs.
    await embed.map(inputs.map((each) => ({ ...each, bytes: new Uint8Array([9]) }))).all();
    expect(emulator.state.kernels.get('alice/function-embed')!.versions).toHaveLength(6);
  });

  test('refuses inputs with their index, before anything is sent', async () => {
    const { client, called } = createFunctions(() => expect.unreachable());
    const embed = kernels.gpu(client, { ...settings, input: v.object({ texts: v.array(v.any()) }) });
    const said = async (inputs: unknown, options?: object) =>
      (await failure(embed.map(inputs as never, options).all())).message;
    expect(await said([{ texts: [] }, { texts: 'a' }])).toMatch(/^embed: inputs\[1\]\.texts: .*Expected/);
    expect(await said([{ texts: [] }, { texts: [0, 1n] }])).toContain('embed: inputs[1].texts[1]: expected JSON');
    expect(await said({ texts: [] })).toContain('embed.map: inputs: expected an array or another iterable');
    expect(await said([], { output: './out' })).toContain('embed.map: output: no such option');
    expect((await failure(embed.map([], { signal: AbortSignal.abort() }).all())).name).toBe('AbortError');
    expect(await embed.map([]).all()).toEqual([]);
    expect(called()).toEqual([]);
  });
});
