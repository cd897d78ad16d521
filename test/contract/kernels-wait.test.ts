import { describe, expect, it } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  KaggleError,
  KernelFailedError,
  NotFoundError,
  PermissionError,
  TimeoutError,
} from '../../src/core/errors.ts';
import { get, status, wait } from '../../src/services/kernels/index.ts';
import { onStatusFailure } from '../../src/services/kernels/watch/status-failure.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, json, refuse } from './kernels-fake.ts';

const first = { ref: 'alice/my-job-one', versionNumber: 1 };
const second = { ref: 'alice/my-job-one', versionNumber: 2 };
const named = { userName: 'alice', kernelSlug: 'my-job-one' };

describe('what a failed look means', () => {
  const busy = new ApiError('busy', { status: 503, method: 'm' });
  const absent = new NotFoundError('not there', { status: 404, method: 'm' });
  const denied = new PermissionError('denied', { status: 403, method: 'm' });
  const base = { failures: 1, seconds: 0, seen: false, pushed: true };
  const rows: [string, Partial<Parameters<typeof onStatusFailure>[0]>, string][] = [
    ['a lost connection', { error: new ConnectionError('lost') }, 'retry'],
    [
      'a connection that is lost for half an hour',
      { error: new ConnectionError('lost'), failures: 60, seconds: 1800 },
      'retry',
    ],
    ['for more than an hour', { error: new ConnectionError('lost'), failures: 99, seconds: 3700 }, 'throw'],
    ['a busy server', { error: busy, failures: 3 }, 'retry'],
    ['one that stays busy', { error: busy, failures: 4, seconds: 60 }, 'askOutput'],
    ['for longer than any run takes', { error: busy, failures: 999, seconds: 50_000 }, 'throw'],
    ['busy, said inside of a 200', { error: new ApiError('busy', { status: 200, code: 503, method: 'm' }) }, 'retry'],
    ['no run of a version that was pushed', { error: absent }, 'notStarted'],
    ['no run of a kernel that was only named', { error: absent, pushed: false }, 'throw'],
    ['no run any more', { error: absent, seen: true }, 'deleted'],
    ['a kernel that is refused right after the push', { error: denied, failures: 2 }, 'retry'],
    ['that is still refused', { error: denied, failures: 6 }, 'throw'],
    ['that is refused though it was seen', { error: denied, seen: true }, 'throw'],
    ['a bad token', { error: new ApiError('no', { status: 401, method: 'm' }) }, 'throw'],
  ];
  it.each(rows)('%s', (_name, change, action) => {
    expect(onStatusFailure({ error: undefined, ...base, ...change })).toBe(action);
  });
});

describe('the version of a run', () => {
  it('is named v<N>, and never left out', async () => {
    const { client, requests } = createFake(createKernel({ status: 'COMPLETE' }, { status: 'ERROR' }).handlers);
    await wait(client, 'alice/my-job-one/1');
    expect(requests).toEqual([{ method: 'GetKernelSessionStatus', body: { ...named, versionLabel: 'v1' } }]);
    requests.length = 0;
    await expect(wait(client, '/code/alice/my-job-one')).rejects.toThrow('ended with ERROR');
    expect(requests[0]).toEqual({ method: 'GetKernelSessionStatus', body: named });
  });

  it('can be an old one, for the status and for the source', async () => {
    const { client, requests } = createFake({
      ...createKernel({ status: 'ERROR' }, { status: 'COMPLETE' }, { status: 'RUNNING' }).handlers,
      GetKernel: ({ versionLabel }) => ({ blob: { source: `source of ${versionLabel}` } }),
    });
    expect((await status(client, 'alice/my-job-one/1')).status).toBe('ERROR');
    expect((await status(client, second)).status).toBe('COMPLETE');
    expect((await status(client, 'alice/my-job-one')).status).toBe('RUNNING');
    expect((await get(client, 'alice/my-job-one/2')).blob?.source).toBe('source of v2');
    expect(requests.at(-1)?.body).toEqual({ ...named, versionLabel: 'v2' });
  });

  it('with a token that is refused is one request', async () => {
    const { client, called } = createFake({ GetKernelSessionStatus: () => refuse(401, 'Unauthenticated') });
    await expect(status(client, second)).rejects.toThrow(AuthenticationError);
    await expect(wait(client, second)).rejects.toThrow(AuthenticationError);
    expect(called()).toHaveLength(2);
  });

  it('that is not there is an error, never another one', async () => {
    const { client, called } = createFake({
      ...createKernel({ status: 'COMPLETE' }).handlers,
      GetKernel: ({ versionLabel }) => (versionLabel ? refuse(404) : { blob: { source: 'the latest' } }),
    });
    await expect(status(client, second)).rejects.toThrow(NotFoundError);
    await expect(get(client, second)).rejects.toThrow(NotFoundError);
    expect(called()).toHaveLength(2);
  });

  it.each(['COMPLETE', 'ERROR'])('just pushed does not take the %s of the run before for its own', async (before) => {
    const kernel = createKernel({ status: before }, { status: 'NONE' });
    const { client, requests } = createFake(kernel.handlers);
    const clock = fakeClock((seconds) => {
      if (seconds > 3) kernel.state.versions[1]!.status = 'QUEUED';
      if (seconds > 6) kernel.state.versions[1]!.status = 'RUNNING';
      if (seconds > 10) kernel.state.versions[1]!.status = 'COMPLETE';
    });
    const statuses: string[] = [];
    const end = await wait(withClock(client, clock), second, { onStatus: (seen) => statuses.push(seen) });
    expect(end).toEqual({ status: 'COMPLETE' });
    expect(statuses).toEqual(['NOT_STARTED', 'QUEUED', 'RUNNING', 'COMPLETE']);
    expect(new Set(requests.map(({ body }) => body.versionLabel))).toEqual(new Set(['v2']));
  });

  it('counts though a newer one is pushed meanwhile', async () => {
    const kernel = createKernel({ status: 'COMPLETE' }, { status: 'RUNNING' });
    const clock = fakeClock((seconds) => {
      if (seconds < 3 || kernel.state.versions.length > 2) return;
      kernel.state.versions[1]!.status = 'COMPLETE';
      kernel.state.versions.push({ status: 'ERROR' });
    });
    expect(await wait(withClock(createFake(kernel.handlers).client, clock), second)).toEqual({ status: 'COMPLETE' });
  });
});

describe('a version without a run', () => {
  const kernel = () => createKernel({ status: 'NONE' });

  it('is NOT_STARTED', async () => {
    expect(await status(createFake(kernel().handlers).client, first)).toEqual({
      status: 'NOT_STARTED',
      failureMessage: undefined,
    });
  });

  it.each([
    ['nested', refuse(404, 'No runs found for this kernel.')],
    ['flat', json({ code: 404, message: 'No runs found for this kernel.' }, 404)],
    ['inside of a 200', json({ error: { code: 404, message: 'No runs found for this kernel.' } })],
  ])('whatever the form of the 404 (%s)', async (_form, response) => {
    const { client } = createFake({ GetKernelSessionStatus: () => response.clone() });
    expect((await status(client, 'alice/my-job-one')).status).toBe('NOT_STARTED');
  });

  it('is waited for, for a quarter of an hour', async () => {
    const { state, handlers } = kernel();
    const { client, called } = createFake(handlers);
    const clock = fakeClock((seconds) => {
      if (seconds > 800) state.versions[0]!.status = 'COMPLETE';
    });
    expect(await wait(withClock(client, clock), first)).toEqual({ status: 'COMPLETE' });
    expect(called().length).toBeLessThan(60);
  });

  it('then is an error that says so and what to look at', async () => {
    const waiting = wait(withClock(createFake(kernel().handlers).client, fakeClock()), first);
    await expect(waiting).rejects.toThrow(TimeoutError);
    await expect(waiting).rejects.toThrow(
      'version 1 of alice/my-job-one did not start within 900 s: the account may have no free slot, or the version was only saved; check https://www.kaggle.com/code/alice/my-job-one, or increase startTimeout',
    );
    const clock = fakeClock();
    await expect(
      wait(withClock(createFake(kernel().handlers).client, clock), first, { startTimeout: 60 }),
    ).rejects.toThrow('within 60 s');
    expect(clock.now()).toBeLessThan(100_000);
  });

  it('may be in the queue for longer than that', async () => {
    const { state, handlers } = createKernel({ status: 'QUEUED' });
    const clock = fakeClock((seconds) => {
      if (seconds > 5000) state.versions[0]!.status = 'COMPLETE';
    });
    expect(await wait(withClock(createFake(handlers).client, clock), first)).toEqual({ status: 'COMPLETE' });
  });

  it('that had one was deleted', async () => {
    const { state, handlers } = createKernel({ status: 'RUNNING' });
    const clock = fakeClock((seconds) => {
      if (seconds > 3) state.versions[0]!.status = 'NONE';
    });
    const waiting = wait(withClock(createFake(handlers).client, clock), first);
    await expect(waiting).rejects.toThrow('version 1 of alice/my-job-one was deleted');
  });
});

describe('wait', () => {
  it('throws KernelFailedError with the reason and the end of the log', async () => {
    const log = JSON.stringify([
      { stream_name: 'stdout', time: 0, data: '##kaggle-ts session=77##\n' },
      { stream_name: 'stderr', time: 1, data: 'ZeroDivisionError: division by zero\n' },
    ]);
    const kernel = createKernel({ status: 'COMPLETE' }, { status: 'ERROR', failureMessage: 'bad', log });
    const failure = await wait(createFake(kernel.handlers).client, second).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KernelFailedError);
    expect(failure).toMatchObject({
      message: 'alice/my-job-one ended with ERROR: bad',
      status: 'ERROR',
      failureMessage: 'bad',
      logTail: 'ZeroDivisionError: division by zero',
    });
  });

  it('asks with a growing pause', async () => {
    const { state, handlers } = createKernel({ status: 'RUNNING' });
    const clock = fakeClock((seconds) => {
      if (seconds > 600) state.versions[0]!.status = 'COMPLETE';
    });
    await wait(withClock(createFake(handlers).client, clock), first);
    expect(clock.sleeps[0]).toBe(1);
    expect(clock.sleeps.at(-1)).toBe(30);
  });

  it('ends with TimeoutError that says what was seen last', async () => {
    const { client } = createFake(createKernel({ status: 'RUNNING' }).handlers);
    const waiting = wait(withClock(client, fakeClock()), first, { timeout: 100 });
    await expect(waiting).rejects.toThrow(TimeoutError);
    await expect(waiting).rejects.toThrow(
      'version 1 of alice/my-job-one (last status: RUNNING): timed out after 100 s',
    );
  });

  it('tolerates a server that refuses the new kernel for a moment, but not one that goes on', async () => {
    const { handlers } = createKernel({ status: 'COMPLETE' });
    let looks = 0;
    const { client } = createFake({
      GetKernelSessionStatus: (body, request) =>
        ++looks < 4
          ? refuse(403, "Permission 'kernels.get' was denied")
          : handlers.GetKernelSessionStatus!(body, request),
    });
    expect(await wait(withClock(client, fakeClock()), first)).toEqual({ status: 'COMPLETE' });
    looks = -100;
    const never = wait(withClock(client, fakeClock()), first);
    await expect(never).rejects.toThrow("Permission 'kernels.get' was denied");
  });

  it('tolerates a status call that is out of order for days, and says so', async () => {
    const { state, handlers } = createKernel({ status: 'RUNNING', log: '[]' });
    const warnings: string[] = [];
    const { client, called } = createFake({ ...handlers, GetKernelSessionStatus: () => refuse(500, 'Internal error') });
    const clock = fakeClock((seconds) => {
      if (seconds > 7200) state.versions[0] = { status: 'COMPLETE', files: { 'a.csv': '1' }, log: '[]' };
    });
    const end = await wait(withClock(client, clock), first, { onWarning: (message) => warnings.push(message) });
    expect(end).toEqual({ status: 'ENDED' });
    expect(clock.now()).toBeLessThan(7300_000);
    expect(warnings).toEqual([
      'cannot get the status of version 1 of alice/my-job-one, retrying: kernels.KernelsApiService/GetKernelSessionStatus: Internal error',
      'version 1 of alice/my-job-one has ended, but its status is unavailable: it may have failed; check https://www.kaggle.com/code/alice/my-job-one',
    ]);
    expect(called()).toContain('ListKernelSessionOutput');
  });

  it('tolerates a short outage without a word', async () => {
    let looks = 0;
    const warnings: string[] = [];
    const { client } = createFake({
      GetKernelSessionStatus: () => (++looks < 2 ? refuse(503, 'busy') : { status: 'COMPLETE' }),
    });
    const onWarning = (message: string) => warnings.push(message);
    expect(await wait(withClock(client, fakeClock()), 'alice/my-job-one', { onWarning })).toEqual({
      status: 'COMPLETE',
    });
    expect(warnings).toEqual([]);
  });
});

describe('an abort', () => {
  async function abortedWait(
    options: object,
    log = 'data: {"data":"##kaggle-ts session=77##\\n","stream_name":"stdout"}\n\n',
  ) {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const kernel = createKernel({ status: 'RUNNING' });
    const { client, requests } = createFake({
      ...kernel.handlers,
      'GET kernels/logs/stream/alice/my-job-one?versionLabel=v1': () =>
        new Response(log, { headers: { 'content-type': 'text/event-stream' } }),
      CancelKernelSession: () => ({}),
    });
    const clock = fakeClock((seconds) => seconds > 5 && controller.abort(reason));
    await expect(wait(withClock(client, clock), first, { ...options, signal: controller.signal })).rejects.toBe(reason);
    return requests;
  }

  it('rejects with its own reason and leaves the run alone', async () => {
    const requests = await abortedWait({});
    expect(requests.map((request) => request.method)).not.toContain('CancelKernelSession');
  });

  it('cancels the session that the log tells if asked to', async () => {
    const requests = await abortedWait({ cancelOnAbort: true });
    expect(requests.at(-1)).toEqual({ method: 'CancelKernelSession', body: { kernelSessionId: 77 } });
  });

  it('tells when it could not cancel, and what works instead', async () => {
    const errors: unknown[] = [];
    await abortedWait({ cancelOnAbort: true, onCancelError: (error: unknown) => errors.push(error) }, 'data: {}\n\n');
    expect(errors[0]).toBeInstanceOf(KaggleError);
    expect(String(errors[0])).toContain('delete the kernel with kernels.remove');
    expect(String(errors[0])).toContain('https://www.kaggle.com/code/alice/my-job-one');
  });
});
