import * as kernels from 'kaggle-ts/kernels';
import { collect, equal, includes, ok, rejection } from '../assert.ts';
import type { Cases, Context } from '../context.ts';
import type { Answer } from '../control.ts';
import { scriptOf } from '../scripted.ts';

const run = 'alice/a-kernel';
const streamPath = '/kernels/logs/stream/alice/a-kernel';
const statusPath = '/GetKernelSessionStatus';

interface Piece {
  stream_name: string;
  time: number;
  data: string;
}

const piece = (data: string, time: number, stream_name = 'stdout'): Piece => ({ stream_name, time, data });
const events = (pieces: Piece[]) => pieces.map((item) => `data: ${JSON.stringify(item)}\n\n`).join('');
const end = 'data: END_OF_LOG\n\n';

/** The next connection to the live log gets this text. */
async function stream({ control }: Context, body: string, rule: Answer = {}): Promise<void> {
  await control.answer({ path: streamPath, headers: { 'content-type': 'text/event-stream' }, body, ...rule });
}

export const logs: Cases = {
  async 'follow: a line arrives while the kernel still runs'({ createClient, unique, user }) {
    const client = createClient();
    const slug = unique('talking');
    const text = scriptOf({
      lines: [
        [0, 'stdout', 'first\n'],
        [0, 'stderr', 'a complaint\n'],
        [4000, 'stdout', 'last: grüße 東京\n'],
      ],
    });
    const pushed = await kernels.push(client, { slug: `${user}/${slug}`, newTitle: slug, text });
    const entries: { stream: string; data: string }[] = [];
    let statusAtFirst: string | undefined;
    for await (const entry of kernels.logs(client, pushed, { follow: true })) {
      entries.push(entry);
      if (entry.data.includes('first')) statusAtFirst = (await kernels.status(client, pushed)).status;
    }
    equal(statusAtFirst, 'RUNNING', 'the status when the first line came');
    const all = entries.map((entry) => entry.data).join('');
    includes(all, 'last: grüße 東京', 'the log');
    ok(
      entries.some((entry) => entry.stream === 'stderr' && entry.data.includes('a complaint')),
      'stderr is told apart',
    );
    equal(all.split('first').length - 1, 1, 'how often the first line came');
  },

  async 'follow: a lost connection is opened again, and no line comes twice'(context) {
    const [a, b, c] = [piece('one\n', 0.1), piece('two\n', 0.2), piece('three\n', 0.3, 'stderr')];
    await context.control.answer({ path: statusPath, body: { status: 'RUNNING' }, times: 9 });
    const cut = new TextEncoder().encode(events([a, b])).length;
    await stream(context, events([a, b, c]), { cut });
    await stream(context, events([a, b, c]) + end);
    const entries = await collect(kernels.logs(context.createClient(), run, { follow: true }));
    equal(
      entries.map(({ data }) => data),
      ['one\n', 'two\n', 'three\n'],
      'the lines',
    );
    equal(
      entries.map(({ stream }) => stream),
      ['stdout', 'stdout', 'stderr'],
      'the streams',
    );
    equal((await context.control.requests({ path: streamPath })).length, 2, 'connections');
  },

  async 'follow: the stored log completes what a lost connection left out'(context) {
    const pieces = [piece('one\n', 0.1), piece('two\n', 0.2), piece('three\n', 0.3)];
    await context.control.answer({ path: statusPath, body: { status: 'RUNNING' } });
    await context.control.answer({ path: statusPath, body: { status: 'COMPLETE' }, times: 9 });
    await stream(context, events(pieces), { cut: new TextEncoder().encode(events(pieces.slice(0, 1))).length });
    await context.control.answer({ path: streamPath, status: 404, body: { code: 404, message: 'gone' }, times: 9 });
    await context.control.answer({ path: '/ListKernelSessionOutput', body: { log: JSON.stringify(pieces) }, times: 9 });
    const entries = await collect(kernels.logs(context.createClient(), run, { follow: true }));
    equal(
      entries.map(({ data }) => data),
      ['one\n', 'two\n', 'three\n'],
      'the lines',
    );
  },

  async 'follow: characters that are cut by the network arrive whole'(context) {
    await context.control.answer({ path: statusPath, body: { status: 'RUNNING' }, times: 9 });
    const line = 'Zürich 東京 🜁 ready\n';
    await stream(context, events([piece(line, 0.1)]) + end, { pieceSize: 5 });
    const [entry] = await collect(kernels.logs(context.createClient(), run, { follow: true }));
    equal(entry, { stream: 'stdout', time: 0.1, data: line }, 'the line');
  },

  async 'follow: the live log is asked for with the token'(context) {
    await context.control.answer({ path: statusPath, body: { status: 'RUNNING' }, times: 9 });
    await stream(context, `: a comment\n\n${events([piece('x\n', 0)])}data: not JSON\n\n${end}`);
    const entries = await collect(kernels.logs(context.createClient(), run, { follow: true }));
    equal(
      entries.map(({ data }) => data),
      ['x\n', 'not JSON\n'],
      'the lines',
    );
    const [request] = await context.control.requests({ path: streamPath });
    equal(request?.headers.authorization, `Bearer ${context.token}`, 'the credential');
    includes(request?.headers.accept ?? '', 'text/event-stream', 'what is asked for');
  },

  async 'watch: many runs as one stream, until the loop is left'({ createClient, unique, user }) {
    const client = createClient();
    const push = async (prefix: string, pause: number) => {
      const slug = unique(prefix);
      const text = scriptOf({
        lines: [
          [0, 'stdout', `${prefix}\n`],
          [pause, 'stdout', 'the end\n'],
        ],
      });
      return kernels.push(client, { slug: `${user}/${slug}`, newTitle: slug, text });
    };
    const jobs = { short: await push('short', 0), long: await push('long', 600_000), missing: `${user}/missing/1` };
    const open = new Set(['short', 'long', 'missing']);
    const told: Record<string, string[]> = { short: [], long: [], missing: [] };
    const options = { logs: 'live', schedule: { first: 0.1, longest: 1 } } as const;
    for await (const event of kernels.watch(client, Object.values(jobs), options)) {
      const [name] = Object.entries(jobs).find(([, job]) => job === event.job)!;
      if (event.type === 'log') told[name]!.push(event.entry.data.trim());
      if (event.type === 'ended') told[name]!.push(event.status);
      if (event.type === 'failed') told[name]!.push((event.error as Error).name);
      if (name === 'long' ? event.type === 'log' : /ended|failed/.test(event.type)) open.delete(name);
      if (open.size === 0) break;
    }
    const expected = { short: ['short', 'the end', 'COMPLETE'], long: ['long'], missing: ['PermissionError'] };
    equal(told, expected, 'what happened to each run');
  },

  async 'the stored log'(context) {
    const stored = [piece('one\n', 1), piece('grüße\n', 2.5, 'stderr')];
    await context.control.answer({
      path: '/ListKernelSessionOutput',
      body: { files: [], log: JSON.stringify(stored) },
    });
    const entries = await collect(kernels.logs(context.createClient(), run));
    equal(
      entries,
      [
        { stream: 'stdout', time: 1, data: 'one\n' },
        { stream: 'stderr', time: 2.5, data: 'grüße\n' },
      ],
      'the log',
    );
  },

  async 'an abort ends it with the reason of the caller'(context) {
    await context.control.answer({ path: statusPath, body: { status: 'RUNNING' }, times: 99 });
    await stream(context, events([piece('one\n', 0.1)]) + ': waiting\n\n'.repeat(2000), { pieceSize: 40, times: 9 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = (async () => {
      const signal = controller.signal;
      for await (const _ of kernels.logs(context.createClient(), run, { follow: true, signal }))
        controller.abort(reason);
    })();
    ok((await rejection(work)).error === reason, 'the error is the reason itself');
  },
};
