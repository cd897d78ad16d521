import { describe, expect, it } from 'vitest';
import { KaggleError, MissingCapabilityError, TransferError, ValidationError } from '../../src/core/errors.ts';
import type { Progress } from '../../src/core/progress.ts';
import { cancel, listOutput, output, run } from '../../src/services/kernels/index.ts';
import { createFake, createVersionedKernel, fakeClock, type Handler, refuse } from './kernels-fake.ts';

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
  const kernel = createVersionedKernel('honour', [{ status: 'COMPLETE', files: content, log }]);
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
    expect(pages[0]?.body.versionLabel).toBe('1');
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

  it('finds another name for the log when the kernel wrote a file of that name', async () => {
    const fetched = await output(setUp({ 'my-job-one.log': 'mine' }).client, ref, '/out');
    expect(fetched.map(({ name }) => name)).toEqual(['my-job-one.log', 'my-job-one.session.log']);
  });

  const bad = ['../evil.txt', '/etc/passwd', 'C:/x', 'a\\b', 'con.txt', 'RESULT.csv', 'result.csv/x', 'x\u0000y', ''];
  for (const name of bad) {
    it(`writes nothing when a file is called ${JSON.stringify(name)}, wherever in the list`, async () => {
      const { client, written, called } = setUp({ ...files, [name]: 'evil' });
      await expect(output(client, ref, '/out')).rejects.toThrow(ValidationError);
      await expect(output(client, ref, '/out', { pattern: 'result' })).rejects.toThrow(ValidationError);
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

  it('does not take an older version for the one just pushed', async () => {
    const { client, kernel, written } = setUp(files);
    kernel.state.versions.push({ status: 'RUNNING' });
    kernel.state.shown = 2;
    await expect(output(client, { ...ref, versionNumber: 2 }, '/out')).rejects.toThrow('version 2 has not ended');
    expect(await written()).toEqual([]);
  });

  for (const mode of ['honour', 'ignore', 'refuse'] as const) {
    it(`nor a newer one (server would ${mode} versionLabel)`, async () => {
      const kernel = createVersionedKernel(mode, [
        { status: 'COMPLETE', files: { 'ours.txt': '1' } },
        { status: 'COMPLETE', files: { 'theirs.txt': '2' } },
      ]);
      const { client } = createFake({ ...kernel.handlers, ...storage({ 'ours.txt': '1', 'theirs.txt': '2' }) });
      const fetching = output(client, ref, '/out');
      if (mode === 'honour') expect((await fetching).map(({ name }) => name)).toEqual(['ours.txt']);
      else await expect(fetching).rejects.toThrow('version 2 was pushed after version 1');
    });
  }

  it('notices a newer version that comes while it lists', async () => {
    const kernel = createVersionedKernel('ignore', [{ status: 'COMPLETE', files }]);
    const handler = kernel.handlers.ListKernelSessionOutput!;
    const { client } = createFake({
      ...kernel.handlers,
      ListKernelSessionOutput: (body, request) => {
        kernel.state.versions[1] = { status: 'QUEUED', files: { 'theirs.txt': '2' } };
        kernel.state.shown = 2;
        return handler(body, request);
      },
    });
    await expect(output(client, ref, '/out')).rejects.toThrow('version 2 was pushed after version 1');
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
  it('uses the session that it is given', async () => {
    const { client, requests } = createFake({ CancelKernelSession: () => ({}) });
    await cancel(client, 'alice/my-job-one', { sessionId: 5 });
    expect(requests).toEqual([{ method: 'CancelKernelSession', body: { kernelSessionId: 5 } }]);
  });

  it('says where to cancel by hand when nothing knows the session', async () => {
    for (const ListEntities of [() => ({ documents: [] }), () => refuse(500, 'down')]) {
      const cancelling = cancel(createFake({ ListEntities }).client, 'alice/my-job-one');
      await expect(cancelling).rejects.toThrow(KaggleError);
      await expect(cancelling).rejects.toThrow('cancel it at https://www.kaggle.com/code/alice/my-job-one');
    }
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
        client,
        { ...push, output: '/out' },
        { clock, onLog: ({ data }) => seen.push(data), onStatus: (status) => statuses.push(status) },
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
    const running = run(client, push, { clock: fakeClock(), onLog: ({ data }) => seen.push(data) });
    await expect(running).rejects.toMatchObject({ name: 'KernelFailedError', status: 'ERROR', logTail: 'start' });
    expect(seen).toEqual(['start\n']);
  });

  it('takes the log from the stored one when the live one was given up long before the end', async () => {
    const { client, kernel } = setUp({}, { SaveKernel: () => saved, [stream]: () => refuse(500, 'no live log') });
    kernel.state.versions[0]!.status = 'RUNNING';
    const clock = fakeClock((seconds) => {
      if (seconds > 600) kernel.state.versions[0]!.status = 'COMPLETE';
    });
    expect((await run(client, push, { clock })).log).toEqual([{ stream: 'stdout', time: 0.5, data: 'start\n' }]);
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
    await expect(run(client, push, { clock: fakeClock() })).rejects.toMatchObject({
      status: 'ERROR',
      logTail: 'start',
    });
  });

  it('hands on what onLog throws', async () => {
    const { client } = setUp({}, { SaveKernel: () => saved, [stream]: live });
    const failure = new Error('my mistake');
    const onLog = () => {
      throw failure;
    };
    await expect(run(client, push, { clock: fakeClock(), onLog })).rejects.toBe(failure);
  });
});
