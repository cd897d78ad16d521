import { describe, expect, it } from 'vitest';
import { KaggleError, KernelFailedError, TimeoutError } from '../../src/core/errors.ts';
import { status, wait } from '../../src/services/kernels/index.ts';
import { createFake, createVersionedKernel, fakeClock, type LabelMode, refuse } from './kernels-fake.ts';

const modes: LabelMode[] = ['honour', 'ignore', 'refuse'];
const second = { ref: 'alice/my-job-one', versionNumber: 2 };

for (const mode of modes) {
  describe(`wait, on a server that would ${mode} versionLabel`, () => {
    it('does not take the older COMPLETE for the one just pushed', async () => {
      const kernel = createVersionedKernel(mode, [{ status: 'COMPLETE' }, { status: 'QUEUED' }]);
      kernel.state.shown = 1;
      const statuses: string[] = [];
      const clock = fakeClock((seconds) => {
        if (seconds > 3) kernel.state.shown = 2;
        if (seconds > 6) kernel.state.versions[1]!.status = 'RUNNING';
        if (seconds > 10) kernel.state.versions[1]!.status = 'COMPLETE';
      });
      const { client } = createFake(kernel.handlers);
      const end = await wait(client, second, { clock, onStatus: (seen) => statuses.push(seen) });
      expect(end).toEqual({ status: 'COMPLETE' });
      expect(statuses).toEqual(['QUEUED', 'RUNNING', 'COMPLETE']);
      expect(clock.now()).toBeGreaterThan(10_000);
    });

    it('does not take the older ERROR either', async () => {
      const kernel = createVersionedKernel(mode, [{ status: 'ERROR' }, { status: 'COMPLETE' }]);
      kernel.state.shown = 1;
      const clock = fakeClock((seconds) => {
        if (seconds > 3) kernel.state.shown = 2;
      });
      await expect(wait(createFake(kernel.handlers).client, second, { clock })).resolves.toEqual({
        status: 'COMPLETE',
      });
    });

    it('throws KernelFailedError with the reason and the end of the log', async () => {
      const log = JSON.stringify([{ stream_name: 'stderr', time: 1, data: 'ZeroDivisionError: division by zero\n' }]);
      const kernel = createVersionedKernel(mode, [
        { status: 'COMPLETE' },
        { status: 'ERROR', failureMessage: 'bad', log },
      ]);
      const failure = await wait(createFake(kernel.handlers).client, second).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(KernelFailedError);
      expect(failure).toMatchObject({
        message: 'alice/my-job-one ended with ERROR: bad',
        status: 'ERROR',
        failureMessage: 'bad',
        logTail: 'ZeroDivisionError: division by zero',
      });
    });

    it('with a newer version pushed by somebody else, gives the right status or an error', async () => {
      const kernel = createVersionedKernel(mode, [{ status: 'ERROR' }, { status: 'COMPLETE' }, { status: 'ERROR' }]);
      const waiting = wait(createFake(kernel.handlers).client, second);
      if (mode === 'honour') await expect(waiting).resolves.toEqual({ status: 'COMPLETE' });
      else await expect(waiting).rejects.toThrow('version 3 was pushed after version 2');
    });

    it('notices a newer version that comes between the looks', async () => {
      const kernel = createVersionedKernel(mode, [{ status: 'COMPLETE' }, { status: 'RUNNING' }]);
      const clock = fakeClock((seconds) => {
        if (seconds < 3 || kernel.state.shown === 3) return;
        kernel.state.versions[1]!.status = 'ERROR';
        kernel.state.versions.push({ status: 'COMPLETE' });
        kernel.state.shown = 3;
      });
      const failure = await wait(createFake(kernel.handlers).client, second, { clock }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(mode === 'honour' ? KernelFailedError : KaggleError);
      expect((failure as Error).message).toContain(mode === 'honour' ? 'ended with ERROR' : 'version 3 was pushed');
    });

    it('status() is QUEUED while the older version is shown', async () => {
      const kernel = createVersionedKernel(mode, [{ status: 'COMPLETE' }, { status: 'RUNNING' }]);
      kernel.state.shown = 1;
      const { client } = createFake(kernel.handlers);
      expect((await status(client, second)).status).toBe('QUEUED');
      kernel.state.shown = 2;
      expect((await status(client, second)).status).toBe('RUNNING');
      expect((await status(client, 'alice/my-job-one')).status).toBe('RUNNING');
    });
  });
}

describe('wait', () => {
  it('sends the version number as text, and without a version only asks for the status', async () => {
    const kernel = createVersionedKernel('honour', [{ status: 'COMPLETE' }, { status: 'COMPLETE' }]);
    const { client, requests } = createFake(kernel.handlers);
    await wait(client, 'alice/my-job-one/2');
    const labels = requests.filter((request) => request.method === 'GetKernelSessionStatus').map((r) => r.body);
    expect(labels).toEqual([{ userName: 'alice', kernelSlug: 'my-job-one', versionLabel: '2' }]);
    requests.length = 0;
    await wait(client, '/code/alice/my-job-one');
    expect(requests).toEqual([
      { method: 'GetKernelSessionStatus', body: { userName: 'alice', kernelSlug: 'my-job-one' } },
    ]);
  });

  it('does not go on sending a label that was refused, until it is needed again', async () => {
    const kernel = createVersionedKernel('refuse', [{ status: 'COMPLETE' }, { status: 'RUNNING' }]);
    const clock = fakeClock((seconds) => {
      if (seconds > 8) kernel.state.versions[1]!.status = 'COMPLETE';
    });
    const { client, requests } = createFake(kernel.handlers);
    await wait(client, second, { clock });
    const asked = requests.filter((request) => request.method === 'GetKernelSessionStatus');
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter(({ body }) => body.versionLabel !== undefined)).toHaveLength(1);
  });

  it('tries a refused label again when somebody else has pushed', async () => {
    const kernel = createVersionedKernel('honour', [{ status: 'COMPLETE' }, { status: 'RUNNING' }]);
    let known = false;
    const handler = kernel.handlers.GetKernelSessionStatus!;
    const clock = fakeClock((seconds) => {
      if (seconds < 4 || known) return;
      known = true;
      kernel.state.versions[1]!.status = 'COMPLETE';
      kernel.state.versions.push({ status: 'ERROR' });
      kernel.state.shown = 3;
    });
    const { client } = createFake({
      ...kernel.handlers,
      GetKernelSessionStatus: (body, request) => (body.versionLabel && !known ? refuse(400) : handler(body, request)),
    });
    await expect(wait(client, second, { clock })).resolves.toEqual({ status: 'COMPLETE' });
  });

  it('asks with a growing pause', async () => {
    const kernel = createVersionedKernel('honour', [{ status: 'RUNNING' }]);
    const clock = fakeClock((seconds) => {
      if (seconds > 600) kernel.state.versions[0]!.status = 'COMPLETE';
    });
    await wait(createFake(kernel.handlers).client, { ref: 'alice/my-job-one', versionNumber: 1 }, { clock });
    expect(clock.sleeps[0]).toBe(1);
    expect(clock.sleeps.at(-1)).toBe(30);
  });

  it('ends with TimeoutError that says what was seen last', async () => {
    const kernel = createVersionedKernel('honour', [{ status: 'RUNNING' }]);
    const waiting = wait(
      createFake(kernel.handlers).client,
      { ref: 'alice/my-job-one', versionNumber: 1 },
      {
        clock: fakeClock(),
        timeout: 100,
      },
    );
    await expect(waiting).rejects.toThrow(TimeoutError);
    await expect(waiting).rejects.toThrow('alice/my-job-one, version 1 (last seen RUNNING): not there after 100 s');
  });

  it('sits out a server that does not know the new kernel yet, but not one that never does', async () => {
    const kernel = createVersionedKernel('honour', [{ status: 'COMPLETE' }]);
    kernel.state.shown = 0;
    const clock = fakeClock((seconds) => {
      if (seconds > 2) kernel.state.shown = 1;
    });
    const first = { ref: 'alice/my-job-one', versionNumber: 1 };
    await expect(wait(createFake(kernel.handlers).client, first, { clock })).resolves.toEqual({ status: 'COMPLETE' });
    kernel.state.shown = 0;
    const never = wait(createFake(kernel.handlers).client, first, { clock: fakeClock() });
    await expect(never).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('sits out a short outage', async () => {
    let looks = 0;
    const { client } = createFake({
      GetKernelSessionStatus: () => (++looks < 4 ? refuse(503, 'busy') : { status: 'COMPLETE' }),
    });
    await expect(wait(client, 'alice/my-job-one', { clock: fakeClock() })).resolves.toEqual({ status: 'COMPLETE' });
    looks = -100;
    await expect(wait(client, 'alice/my-job-one', { clock: fakeClock() })).rejects.toThrow('busy');
  });
});

describe('an abort', () => {
  const search = (sessionId?: number) => ({
    documents: [
      { slug: 'other-job', kernelDocument: { sessionId: 1 }, ownerUser: { userName: 'alice' } },
      { slug: 'my-job-one', kernelDocument: { sessionId: 2 }, ownerUser: { userName: 'bob' } },
      { slug: 'my-job-one', kernelDocument: { sessionId }, ownerUser: { userName: 'alice' } },
    ],
  });

  async function abortedWait(
    options: { cancelOnAbort?: boolean; onCancelError?: (error: unknown) => void },
    found = search(77),
  ) {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const kernel = createVersionedKernel('honour', [{ status: 'RUNNING' }]);
    const { client, requests } = createFake({
      ...kernel.handlers,
      ListEntities: () => found,
      CancelKernelSession: () => ({}),
    });
    const clock = fakeClock((seconds) => seconds > 5 && controller.abort(reason));
    const waiting = wait(
      client,
      { ref: 'alice/my-job-one', versionNumber: 1 },
      { ...options, clock, signal: controller.signal },
    );
    await expect(waiting).rejects.toBe(reason);
    return requests;
  }

  it('rejects with its own reason and leaves the run alone', async () => {
    const requests = await abortedWait({});
    expect(requests.map((request) => request.method)).not.toContain('CancelKernelSession');
  });

  it('cancels the session that search knows if asked to', async () => {
    const requests = await abortedWait({ cancelOnAbort: true });
    expect(requests.at(-1)).toEqual({ method: 'CancelKernelSession', body: { kernelSessionId: 77 } });
  });

  it('tells when it could not cancel', async () => {
    const errors: unknown[] = [];
    await abortedWait({ cancelOnAbort: true, onCancelError: (error) => errors.push(error) }, search(undefined));
    expect(String(errors[0])).toContain('https://www.kaggle.com/code/alice/my-job-one');
  });
});
