import { describe, expect, it } from 'vitest';
import { MissingCapabilityError, ValidationError } from '../../src/core/errors.ts';
import {
  PartialPushError,
  type PushedKernel,
  push,
  type RunOptions,
  type RunRequest,
  run,
} from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, type Handler, json } from './kernels-fake.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const answer = {
  ref: '/code/alice/my-job-one',
  url: 'https://www.kaggle.com/code/alice/my-job-one',
  versionNumber: 3,
  kernelId: 500,
};
const pushed = { ref: 'alice/my-job-one', url: answer.url, versionNumber: 3, kernelId: 500 };

describe('a push that Kaggle took in part', () => {
  const parts: [string, object, string, Partial<PushedKernel>][] = [
    [
      'datasets',
      { invalidDatasetSources: ['a/b'] },
      'invalid sources (dataset a/b)',
      { invalidSources: ['dataset a/b'] },
    ],
    ['competitions', { invalidCompetitionSources: ['c'] }, 'competition c', { invalidSources: ['competition c'] }],
    ['kernels', { invalidKernelSources: ['a/k'] }, 'kernel a/k', { invalidSources: ['kernel a/k'] }],
    ['models', { invalidModelSources: ['a/m/f/v'] }, 'model a/m/f/v', { invalidSources: ['model a/m/f/v'] }],
    ['tags', { invalidTags: ['nope'] }, 'invalid tags (tag nope)', { invalidTags: ['nope'] }],
    [
      'both',
      { invalidTags: ['nope'], invalidDatasetSources: ['a/b'] },
      'invalid sources and tags (dataset a/b, tag nope)',
      { invalidTags: ['nope'], invalidSources: ['dataset a/b'] },
    ],
    [
      'the version',
      { versionNumber: 0 },
      'saved alice/my-job-one, but did not return the version number',
      { versionNumber: 0 },
    ],
  ];

  it.each(parts)('throws what was pushed: without %s', async (_what, extra, words, kernel) => {
    const { client, called } = createFake({ SaveKernel: () => ({ ...answer, ...extra }) });
    let seen: PushedKernel | undefined;
    const onPushed = (found: PushedKernel) => {
      seen = found;
    };
    const failure = await push(client, request, { onPushed }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialPushError);
    expect((failure as Error).message).toContain(words);
    expect((failure as PartialPushError).kernel).toMatchObject({ ...pushed, ...kernel });
    expect(seen).toEqual((failure as PartialPushError).kernel);
    expect(called()).toEqual(['SaveKernel']);
  });

  it.each(parts.slice(0, -1))('is fine with allowInvalidSources: without %s', async (_what, extra, _words, kernel) => {
    const { client } = createFake({ SaveKernel: () => ({ ...answer, ...extra }) });
    expect(await push(client, { ...request, allowInvalidSources: true })).toMatchObject(kernel);
  });

  it.each(parts)('ends a run with the same error, and tells of the kernel: without %s', async (_what, extra, words) => {
    const { client, called } = createFake({ SaveKernel: () => ({ ...answer, ...extra }) });
    const seen: PushedKernel[] = [];
    const failure = await run(client, request, { onPushed: (kernel) => seen.push(kernel) }).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(PartialPushError);
    expect((failure as Error).message).toContain(words);
    expect(seen).toEqual([(failure as PartialPushError).kernel]);
    expect(called()).toEqual(['SaveKernel']);
  });

  it('leaves nothing behind of an ephemeral run', async () => {
    const { client, requests } = createFake({
      SaveKernel: ({ slug }) => ({ ...answer, ref: `/code/${slug}`, invalidTags: ['nope'] }),
      DeleteKernel: () => ({}),
    });
    await expect(run(client, request, { ephemeral: true })).rejects.toBeInstanceOf(PartialPushError);
    expect(requests.map(({ method }) => method)).toEqual(['SaveKernel', 'DeleteKernel']);
    expect(`alice/${requests[1]!.body.kernelSlug}`).toBe(requests[0]!.body.slug);
  });

  it('with an answer whose reference cannot be read is known by the slug that was asked for', async () => {
    const { client } = createFake({ SaveKernel: () => ({ ...answer, url: '', ref: 'https://example.org/x' }) });
    expect(await push(client, request)).toMatchObject(pushed);
  });
});

describe('an abort while Kaggle saves the push', () => {
  /** Aborts when SaveKernel arrives, and answers it a moment later. */
  async function abortInFlight(
    options: RunOptions,
    answering: Handler = ({ slug }) => ({ ...answer, ref: `/code/${slug}` }),
  ) {
    const controller = new AbortController();
    const reason = new Error('enough');
    const marker = 'data: {"stream_name":"stdout","time":0,"data":"##kaggle-ts session=4242##\\n"}\n\n';
    const fake = createFake({
      ...createKernel({ status: 'RUNNING' }).handlers,
      'GET kernels/logs/stream/alice/my-job-one': () =>
        new Response(marker, { headers: { 'content-type': 'text/event-stream' } }),
      SaveKernel: async (body, asked) => {
        controller.abort(reason);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return answering(body, asked);
      },
      CancelKernelSession: () => ({}),
      DeleteKernel: () => ({}),
    });
    const clock = fakeClock();
    const running = run(withClock(fake.client, clock), request, { ...options, signal: controller.signal });
    await expect(running).rejects.toBe(reason);
    return fake.requests;
  }

  it('with cancelOnAbort cancels what was saved', async () => {
    const requests = await abortInFlight({ cancelOnAbort: true });
    expect(requests.at(-1)).toEqual({ method: 'CancelKernelSession', body: { kernelSessionId: 4242 } });
  });

  it('deletes what an ephemeral run has saved', async () => {
    const requests = await abortInFlight({ ephemeral: true });
    expect(requests.at(-1)!.method).toBe('DeleteKernel');
  });

  it('deletes what an ephemeral run may have saved, though the answer was lost', async () => {
    const requests = await abortInFlight({ ephemeral: true }, () => json({ code: 503 }, 503));
    expect(requests.at(-1)!.method).toBe('DeleteKernel');
    expect(`alice/${requests.at(-1)!.body.kernelSlug}`).toBe(requests[0]!.body.slug);
  });

  it('rejects at once without them', async () => {
    const requests = await abortInFlight({});
    expect(requests.map(({ method }) => method)).toEqual(['SaveKernel']);
  });
});

describe('before it pushes, a run checks', () => {
  const rows: [string, Partial<RunRequest>, string][] = [
    ['the pattern', { output: '/out', pattern: '(?<' }, 'pattern'],
    ['the pattern of a run without output', { pattern: '(?<' }, 'pattern'],
    ['that the folder is none of the files', { output: '/taken' }, 'output: expected a folder, got the file "/taken"'],
    ['that no file is above it', { output: '/taken/below' }, '/taken'],
  ];
  it.each(rows)('%s', async (_what, more, words) => {
    const { client, called } = createFake({ SaveKernel: () => answer }, { '/taken': 'a file' });
    await expect(run(client, { ...request, ...more })).rejects.toThrow(words);
    expect(called()).toEqual([]);
  });

  it('that there is a file system', async () => {
    const { client, called } = createFake({ SaveKernel: () => answer });
    const { fs: _none, ...platform } = client.platform;
    const running = run({ ...client, platform }, { ...request, output: './out' });
    await expect(running).rejects.toBeInstanceOf(MissingCapabilityError);
    expect(called()).toEqual([]);
  });

  it('that it can write there', async () => {
    const { client, called } = createFake({ SaveKernel: () => answer });
    const { platform } = client;
    const fs = { ...platform.fs!, sink: async () => Promise.reject(new ValidationError('permission denied')) };
    const running = run({ ...client, platform: { ...platform, fs } }, { ...request, output: '/out' });
    await expect(running).rejects.toThrow('permission denied');
    expect(called()).toEqual([]);
  });
});
