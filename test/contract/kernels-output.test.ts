import { describe, expect, it } from 'vitest';
import {
  KaggleError,
  MissingCapabilityError,
  PermissionError,
  TransferError,
  ValidationError,
} from '../../src/core/errors.ts';
import type { Progress } from '../../src/core/progress.ts';
import { cancel, listOutput, output, type RunOptions, run } from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, type Handler, refuse } from './kernels-fake.ts';

const files: Record<string, string> = {
  'result.csv': 'a,b\n1,2\n',
  'plots/fig 1.png': 'PNG',
  'résumé.txt': 'héllo',
  'empty.txt': '',
  'model.bin': 'M'.repeat(1000),
};
const log = '[{"stream_name": "stdout", "time": 0.5, "data": "start\\n"}]';
const ref = { ref: 'alice/my-job-one', versionNumber: 1 };

/** Where the fake keeps the files: `GET out/<name>`. */
function storage(content: Record<string, string>): Record<string, Handler> {
  return Object.fromEntries(
    Object.entries(content).map(([name, text]) => [
      `GET /out/${encodeURIComponent(name)}`,
      (_body: unknown, request: Request) => {
        expect(request.headers.get('authorization')).toBeNull();
        return new Response(text, { headers: { 'content-length': String(new TextEncoder().encode(text).length) } });
      },
    ]),
  );
}

function setUp(content: Record<string, string>, extra: Record<string, Handler> = {}) {
  const kernel = createKernel({ status: 'COMPLETE', files: content, log });
  const fake = createFake({ ...kernel.handlers, ...storage(content), ...extra });
  const { fs } = fake.client.platform;
  const written = async () => {
    const names: string[] = [];
    if (!(await fs!.stat('/out'))) return names;
    for await (const entry of fs!.walk('/out')) names.push(entry.path);
    return names.sort();
  };
  return { ...fake, kernel, fs: fs!, written };
}

describe('listOutput', () => {
  it('goes through all pages', async () => {
    const { client, requests } = setUp(files);
    const names: string[] = [];
    for await (const { fileName, url } of listOutput(client, ref)) {
      expect(url).toContain(encodeURIComponent(fileName));
      names.push(fileName);
    }
    expect(names).toEqual(Object.keys(files));
    const pages = requests.filter(({ method }) => method === 'ListKernelSessionOutput');
    expect(pages.map(({ body }) => body.pageToken)).toEqual([undefined, '2', '4']);
    expect(new Set(pages.map(({ body }) => `${body.versionLabel} ${body.pageSize}`))).toEqual(new Set(['v1 500']));
  });

  it('stops at a limit', async () => {
    const list = listOutput(setUp(files).client, ref, { limit: 2 });
    expect(await list.all()).toHaveLength(2);
    expect(list.capped).toBe(true);
  });
});

describe('output', () => {
  it('fetches all files and the log', async () => {
    const { client, fs, written } = setUp(files);
    const progress: Progress[] = [];
    const fetched = await output(client, ref, '/out', { onProgress: (event) => progress.push(event) });
    expect(fetched.map(({ name }) => name)).toEqual([...Object.keys(files), 'my-job-one.log']);
    expect(fetched[0]).toEqual({ name: 'result.csv', path: '/out/result.csv', size: 8, verified: 'length' });
    for (const [name, text] of Object.entries(files)) expect(await fs.readText(`/out/${name}`)).toBe(text);
    expect(await fs.readText('/out/my-job-one.log')).toBe(log);
    expect(await written()).toHaveLength(6);
    expect(new Set(progress.filter(({ phase }) => phase === 'done').map(({ file }) => file)).size).toBe(6);
  });

  it('gives only the log of a kernel without output', async () => {
    const fetched = await output(setUp({}).client, ref, '/out');
    expect(fetched.map(({ name }) => name)).toEqual(['my-job-one.log']);
  });

  it('takes a pattern', async () => {
    const fetched = await output(setUp(files).client, ref, '/out', { pattern: /\.csv$|^plots/g });
    expect(fetched.map(({ name }) => name)).toEqual(['result.csv', 'plots/fig 1.png', 'my-job-one.log']);
  });

  it('takes a glob, and warns of one that fits nothing', async () => {
    const glob = await output(setUp(files).client, ref, '/out', { pattern: '*.csv' });
    expect(glob.map(({ name }) => name)).toEqual(['result.csv', 'my-job-one.log']);
    const warnings: string[] = [];
    const onWarning = (line: string) => void warnings.push(line);
    await output(setUp(files).client, ref, '/out', { pattern: '*.parquet', onWarning });
    expect(warnings).toEqual([
      expect.stringMatching(/^no output file of alice\/my-job-one matches the pattern \*\.parquet$/),
    ]);
  });

  it.each([
    [['my-job-one.log'], 'my-job-one.session.log'],
    [['my-job-one.log', 'my-job-one.session.log'], 'my-job-one.session-2.log'],
    [['My-Job-One.LOG'], 'my-job-one.session.log'],
    [['my-job-one.log/x'], 'my-job-one.session.log'],
  ])('finds another name for the log when the kernel left %j', async (left, name) => {
    const mine = Object.fromEntries(left.map((file) => [file, 'mine']));
    const fetched = await output(setUp(mine).client, ref, '/out');
    expect(fetched.map((file) => file.name)).toEqual([...left, name]);
  });

  const bad = ['../evil.txt', '/etc/passwd', 'C:/x', 'a\\b', 'con.txt', 'RESULT.csv', 'result.csv/x', 'x\u0000y', ''];
  for (const name of bad) {
    it(`writes nothing when a file is called ${JSON.stringify(name)}, wherever in the list`, async () => {
      const { client, written, called } = setUp({ ...files, [name]: 'evil' });
      await expect(output(client, ref, '/out')).rejects.toThrow(ValidationError);
      expect(await written()).toEqual([]);
      expect(called().filter((method) => method.startsWith('GET '))).toEqual([]);
    });
  }

  it('fails when one file fails, and takes no error page for a file', async () => {
    const { client, written } = setUp(files, { 'GET /out/model.bin': () => refuse(404, 'gone') });
    await expect(output(client, ref, '/out')).rejects.toThrow(TransferError);
    expect(await written()).not.toContain('model.bin');
    expect(await written()).not.toContain('my-job-one.log');
  });

  it('checks the names of those files only that are asked for', async () => {
    const { client } = setUp({ ...files, '../evil.txt': 'evil', 'x/README': '1', 'x/readme': '2' });
    const fetched = await output(client, ref, '/out', { pattern: /^result/ });
    expect(fetched.map(({ name }) => name)).toEqual(['result.csv', 'my-job-one.log']);
  });

  it('is that of the version, also of an old one', async () => {
    const kernel = createKernel(
      { status: 'COMPLETE', files: { 'ours.txt': '1' } },
      { status: 'COMPLETE', files: { 'theirs.txt': '2' } },
    );
    const { client } = createFake({ ...kernel.handlers, ...storage({ 'ours.txt': '1', 'theirs.txt': '2' }) });
    expect((await output(client, ref, '/out')).map(({ name }) => name)).toEqual(['ours.txt']);
    expect((await output(client, 'alice/my-job-one', '/out')).map(({ name }) => name)).toEqual(['theirs.txt']);
  });

  it.each([
    ['RUNNING', 'has not ended (RUNNING)'],
    ['CANCEL_REQUESTED', 'has not ended (CANCEL_REQUESTED)'],
    ['NONE', 'No runs found'],
  ])('of a run that is %s is an error, in two requests', async (status, message) => {
    const { client, written, called } = setUp(files);
    const kernel = createKernel({ status: 'COMPLETE', files }, { status });
    const fake = createFake(kernel.handlers);
    await expect(output(fake.client, { ...ref, versionNumber: 2 }, '/out')).rejects.toThrow(message);
    expect(fake.called().length).toBeLessThanOrEqual(2);
    expect([await written(), called()]).toEqual([[], []]);
    expect(client).toBeDefined();
  });

  it.each([
    'a b.csv',
    'é.csv',
    'sharp #1.csv',
    'what?.csv',
    '100%.csv',
    '50%20.csv',
    'dir #2/x.csv',
  ])('is fetched by the name that the address has as it is: %j', async (name) => {
    const asked: string[] = [];
    const kernel = createKernel({ status: 'COMPLETE', log });
    const { client } = createFake({
      ...kernel.handlers,
      ListKernelSessionOutput: () => ({
        files: [{ fileName: name, url: `http://files.test/kf/1/secret/${name}` }],
        log,
      }),
      [`GET /kf/1/secret/${name.split('/').map(encodeURIComponent).join('/')}`]: (_body, request) => {
        asked.push(request.url);
        return new Response('1', { headers: { 'content-length': '1' } });
      },
    });
    await output(client, ref, '/out');
    expect(asked).toHaveLength(1);
  });

  it('comes though the status is not available', async () => {
    const { client } = setUp({}, { GetKernelSessionStatus: () => refuse(500, 'Internal error') });
    expect((await output(client, ref, '/out')).map(({ name }) => name)).toEqual(['my-job-one.log']);
  });

  it('says when a file that only its length speaks for has another size than Kaggle lists', async () => {
    const listed = {
      files: [
        { name: 'model.bin', size: 2000 },
        { name: 'result.csv', size: 8 },
      ],
    };
    const { client, requests } = setUp(files, { ListKernelFiles: () => listed });
    const warnings: string[] = [];
    await output(client, ref, '/out', { onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual(['"model.bin" has 1000 bytes, but Kaggle lists 2000: the download may be corrupted']);
    expect(requests.find(({ method }) => method === 'ListKernelFiles')?.body.versionLabel).toBe('v1');
  });

  it('says what to pass where there is no file system', async () => {
    const { client } = setUp(files);
    const bare = { ...client, platform: { name: 'workers', concurrency: 4 } as const };
    await expect(output(bare, ref, '/out')).rejects.toThrow(MissingCapabilityError);
  });

  it('rejects with the reason of an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { client } = setUp(files, {
      'GET /out/model.bin': () => {
        controller.abort(reason);
        return new Promise(() => {});
      },
    });
    await expect(output(client, ref, '/out', { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe('cancel', () => {
  const stream = 'GET kernels/logs/stream/alice/my-job-one?versionLabel=v1';
  const log = (text: string): Handler => {
    return () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
  const marker = 'data: {"stream_name":"stdout","time":0,"data":"##kaggle-ts session=4242##\\n"}\n\n';

  it('uses the session that it is given', async () => {
    const { client, requests } = createFake({ CancelKernelSession: () => ({}) });
    await cancel(client, 'alice/my-job-one', { sessionId: 5 });
    expect(requests).toEqual([{ method: 'CancelKernelSession', body: { kernelSessionId: 5 } }]);
  });

  it('finds it in the log of the run', async () => {
    const { client, requests } = createFake({ CancelKernelSession: () => ({}), [stream]: log(`: hi\n\n${marker}`) });
    expect(await cancel(client, ref)).toEqual({ sessionId: '4242' });
    expect(requests.at(-1)).toEqual({ method: 'CancelKernelSession', body: { kernelSessionId: 4242 } });
  });

  it.each([
    ['a script without a prologue', log('data: {"data":"hello\\n"}\n\n')],
    ["somebody else's kernel", () => refuse(403, "Permission 'kernels.get' was denied")],
    ['a run that has not started', () => refuse(404, 'No runs found for this kernel.')],
  ] as [string, Handler][])('says what works instead for %s', async (_what, handler) => {
    const cancelling = cancel(createFake({ [stream]: handler }).client, ref);
    await expect(cancelling).rejects.toThrow(KaggleError);
    await expect(cancelling).rejects.toThrow(
      'to stop it, delete the kernel with kernels.remove, or cancel it at https://www.kaggle.com/code/alice/my-job-one',
    );
  });

  it('says why the log cannot be read, and at once that the credential is refused', async () => {
    const denied = cancel(
      createFake({ [stream]: () => refuse(403, "Permission 'kernels.get' was denied") }).client,
      ref,
    );
    await expect(denied).rejects.toThrow(
      "its log does not contain one (GET kernels/logs/stream/alice/my-job-one: Permission 'kernels.get' was denied",
    );
    const unknown = cancel(createFake({ [stream]: () => refuse(401, 'Unauthenticated') }).client, ref);
    await expect(unknown).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('says what a refused id means', async () => {
    const { client } = createFake({
      CancelKernelSession: () => refuse(403, "Permission 'kernelSessions.cancel' was denied"),
    });
    const cancelling = cancel(client, ref, { sessionId: 5 });
    await expect(cancelling).rejects.toThrow(PermissionError);
    await expect(cancelling).rejects.toThrow('session 5 does not exist, or another account started it');
  });

  it('is an error when the answer says so', async () => {
    const { client } = createFake({ CancelKernelSession: () => ({ errorMessage: 'the session is over' }) });
    await expect(cancel(client, 'alice/my-job-one', { sessionId: 5 })).rejects.toThrow('the session is over');
  });
});

describe('run', () => {
  const push = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
  const stream = 'GET kernels/logs/stream/alice/my-job-one';
  const saved = {
    ref: '/code/alice/my-job-one',
    url: 'https://www.kaggle.com/code/alice/my-job-one',
    versionNumber: 1,
  };
  const live = () =>
    new Response('data: {"stream_name":"stdout","time":0.5,"data":"start\\n"}\n\ndata: END_OF_LOG\n\n', {
      headers: { 'content-type': 'text/event-stream' },
    });

  for (const [name, handler] of [
    ['a live log', live],
    ['a live log that fails', () => refuse(500, 'no live log')],
  ] as [string, Handler][]) {
    it(`gives status, log and files, with ${name}`, async () => {
      const { client, kernel } = setUp(files, { SaveKernel: () => saved, [stream]: handler });
      kernel.state.versions[0]!.status = 'RUNNING';
      const clock = fakeClock((seconds) => {
        if (seconds > 4) kernel.state.versions[0]!.status = 'COMPLETE';
      });
      const seen: string[] = [];
      const statuses: string[] = [];
      const result = await run(
        withClock(client, clock),
        { ...push, output: '/out' },
        { onLog: ({ data }) => seen.push(data), onStatus: (status) => statuses.push(status) },
      );
      expect(result).toMatchObject({ status: 'COMPLETE', ref: 'alice/my-job-one', versionNumber: 1 });
      expect(result.log).toEqual([{ stream: 'stdout', time: 0.5, data: 'start\n' }]);
      expect(seen).toEqual(['start\n']);
      expect(statuses).toEqual(['RUNNING', 'COMPLETE']);
      expect(result.files).toHaveLength(6);
    });
  }

  it('throws KernelFailedError after the whole log was handed on', async () => {
    const { client, kernel } = setUp({}, { SaveKernel: () => saved, [stream]: live });
    kernel.state.versions[0] = { status: 'ERROR', failureMessage: 'bad', log };
    const seen: string[] = [];
    const running = run(withClock(client, fakeClock()), push, { onLog: ({ data }) => seen.push(data) });
    await expect(running).rejects.toMatchObject({ name: 'KernelFailedError', status: 'ERROR', logTail: 'start' });
    expect(seen).toEqual(['start\n']);
  });

  it('takes the log from the stored one when the live one was given up long before the end', async () => {
    const { client, kernel } = setUp({}, { SaveKernel: () => saved, [stream]: () => refuse(500, 'no live log') });
    kernel.state.versions[0]!.status = 'RUNNING';
    const clock = fakeClock((seconds) => {
      if (seconds > 600) kernel.state.versions[0]!.status = 'COMPLETE';
    });
    expect((await run(withClock(client, clock), push)).log).toEqual([{ stream: 'stdout', time: 0.5, data: 'start\n' }]);
  });

  it('waits for the end of the live log of a kernel that failed', async () => {
    const late = () => new Promise((resolve) => setTimeout(() => resolve(live()), 100));
    const { client, kernel } = setUp({}, { SaveKernel: () => saved, [stream]: late });
    kernel.state.versions[0] = { status: 'ERROR' };
    const seen: string[] = [];
    const running = run(client, push, { onLog: ({ data }) => seen.push(data) });
    await expect(running).rejects.toMatchObject({ status: 'ERROR' });
    expect(seen).toEqual(['start\n']);
  });

  it('takes the end of the log from the live one where none is stored', async () => {
    const { client, kernel } = setUp({}, { SaveKernel: () => saved, [stream]: live });
    kernel.state.versions[0] = { status: 'ERROR' };
    await expect(run(withClock(client, fakeClock()), push)).rejects.toMatchObject({
      status: 'ERROR',
      logTail: 'start',
    });
  });

  it('refuses what saves without running', async () => {
    const { client, called } = createFake({});
    await expect(run(client, { ...push, kernelExecutionType: 'QUICK_SAVE' })).rejects.toThrow('use kernels.push');
    expect(called()).toEqual([]);
  });

  describe('that is aborted', () => {
    const marker = 'data: {"stream_name":"stdout","time":0,"data":"##kaggle-ts session=4242##\\n"}\n\n';

    async function aborted(options: RunOptions) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const kernel = createKernel({ status: 'RUNNING' });
      const endless = () =>
        new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(marker)) }), {
          headers: { 'content-type': 'text/event-stream' },
        });
      const fake = createFake({
        ...kernel.handlers,
        SaveKernel: ({ slug }) => ({ ...saved, ref: `/code/${slug}` }),
        [stream]: endless,
        CancelKernelSession: () => ({}),
        DeleteKernel: () => ({}),
      });
      const clock = fakeClock((seconds) => seconds > 5 && setTimeout(() => controller.abort(reason), 20));
      const running = run(withClock(fake.client, clock), push, { ...options, signal: controller.signal });
      await expect(running).rejects.toBe(reason);
      return fake.requests;
    }

    it('goes on without cancelOnAbort', async () => {
      const requests = await aborted({});
      expect(requests.map(({ method }) => method)).not.toContain('CancelKernelSession');
      expect(requests[0]!.body.text).toBe('print(1)');
    });

    it('is cancelled by the session that its log has told', async () => {
      const requests = await aborted({ cancelOnAbort: true });
      expect(requests.at(-1)).toEqual({ method: 'CancelKernelSession', body: { kernelSessionId: 4242 } });
      // Without the prologue it would not have told it.
      expect(requests[0]!.body.text).toContain('KAGGLE_CONTAINER_NAME');
    });

    it('is deleted if it is ephemeral', async () => {
      const requests = await aborted({ ephemeral: true });
      const { slug } = requests[0]!.body;
      expect(slug).toMatch(/^alice\/my-job-one-[0-9a-f]{8}$/);
      expect(requests.at(-1)).toEqual({
        method: 'DeleteKernel',
        body: { userName: 'alice', kernelSlug: slug.split('/')[1] },
      });
    });
  });

  it.each([
    ['COMPLETE', true],
    ['ERROR', false],
  ])('that is ephemeral leaves no kernel behind, after %s, and its output is there', async (status, fine) => {
    const kernel = createKernel({ status, files, log });
    const { client, requests, called } = createFake({
      ...kernel.handlers,
      ...storage(files),
      SaveKernel: ({ slug }) => ({ ...saved, ref: `/code/${slug}` }),
      DeleteKernel: () => ({}),
    });
    const running = run(
      client,
      { ...push, slug: 'alice/a-name-of-forty-nine-letters-which-is-quite-long', output: '/out' },
      { ephemeral: true },
    );
    if (fine) expect((await running).files).toHaveLength(6);
    else await expect(running).rejects.toMatchObject({ name: 'KernelFailedError' });
    const { slug, newTitle } = requests[0]!.body;
    expect(slug.split('/')[1].length).toBeLessThanOrEqual(50);
    expect(slug.split('/')[1]).toBe(newTitle.replaceAll(' ', '-'));
    expect(called().at(-1)).toBe('DeleteKernel');
  });

  it('rejects with what onLog throws', async () => {
    const { client } = setUp({}, { SaveKernel: () => saved, [stream]: live });
    const failure = new Error('my mistake');
    const onLog = () => {
      throw failure;
    };
    await expect(run(withClock(client, fakeClock()), push, { onLog })).rejects.toBe(failure);
  });
});
