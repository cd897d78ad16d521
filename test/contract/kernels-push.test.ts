import { describe, expect, it } from 'vitest';
import { ApiError, ValidationError } from '../../src/core/errors.ts';
import { type PushRequest, push } from '../../src/services/kernels/index.ts';
import { createFake, type Handler, json } from './kernels-fake.ts';

const saved = (extra: object = {}): Handler => {
  return () => ({
    ref: '/code/alice/my-kernel-one',
    url: 'https://www.kaggle.com/code/alice/my-kernel-one',
    versionNumber: 2,
    kernelId: 500,
    error: '',
    ...extra,
  });
};

const base = { slug: 'alice/my-kernel-one', newTitle: 'My Kernel One', text: 'print("hé")\n' } satisfies PushRequest;

async function sent(request: PushRequest): Promise<Record<string, unknown>> {
  const { client, requests } = createFake({ SaveKernel: saved() });
  await push(client, { ...request, checkQuota: false });
  expect(requests.map(({ method }) => method)).toEqual(['SaveKernel']);
  return requests[0]!.body;
}

describe('push', () => {
  it('sends the defaults of the official client and returns the version', async () => {
    const { client, requests } = createFake({ SaveKernel: saved({ invalidTags: ['nope'] }) });
    const result = await push(client, base);
    expect(requests).toEqual([
      {
        method: 'SaveKernel',
        body: {
          slug: 'alice/my-kernel-one',
          newTitle: 'My Kernel One',
          text: 'print("hé")\n',
          language: 'python',
          kernelType: 'script',
          isPrivate: true,
          enableGpu: false,
          enableTpu: false,
          enableInternet: true,
        },
      },
    ]);
    expect(result).toEqual({
      ref: 'alice/my-kernel-one',
      url: 'https://www.kaggle.com/code/alice/my-kernel-one',
      versionNumber: 2,
      kernelId: 500,
      invalidTags: ['nope'],
      invalidSources: [],
    });
  });

  it('sends everything that it is given', async () => {
    const all = {
      ...base,
      language: 'r',
      isPrivate: false,
      enableGpu: true,
      enableTpu: true,
      enableInternet: false,
      machineShape: 'SomethingNew',
      datasetDataSources: ['alice/sample-data', 'bob/other/3'],
      competitionDataSources: ['titanic'],
      kernelDataSources: ['bob/other-kernel'],
      modelDataSources: ['alice/sample-model/pyTorch/small/1'],
      categoryIds: ['gpu'],
      dockerImage: 'img:1',
      dockerImagePinningType: 'original',
      sessionTimeoutSeconds: 600,
      priority: 3,
      kernelExecutionType: 'QUICK_SAVE',
    } satisfies PushRequest;
    expect(await sent(all)).toEqual({ ...all, kernelType: 'script' });
  });

  it('puts the owner before a bare slug', async () => {
    const { client, requests } = createFake({
      IntrospectToken: () => ({ active: true, username: 'alice', userId: 7 }),
      SaveKernel: saved(),
    });
    await push(client, { ...base, slug: 'my-kernel-one' });
    expect(requests.at(-1)?.body.slug).toBe('alice/my-kernel-one');
  });

  it('pushes by id alone', async () => {
    expect(await sent({ id: 500, text: '1' })).toMatchObject({ id: 500, text: '1' });
  });

  it('normalises a notebook as the official client does', async () => {
    const notebook = {
      cells: [
        {
          cell_type: 'code',
          source: ['import os\n', "print('hé')"],
          outputs: [{ output_type: 'stream' }],
          execution_count: 3,
          metadata: {},
        },
        { cell_type: 'markdown', source: ['# t'], metadata: {} },
      ],
      metadata: { kernelspec: { name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 4,
    };
    const body = await sent({ ...base, text: JSON.stringify(notebook), kernelType: 'notebook', language: 'rmarkdown' });
    expect(body.language).toBe('r');
    expect(body.text).toBe(
      '{"cells": [{"cell_type": "code", "source": "import os\\nprint(\'h\\u00e9\')", "outputs": [], "execution_count": 3, "metadata": {}}, ' +
        '{"cell_type": "markdown", "source": "# t", "metadata": {}}], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 4}',
    );
  });

  it('keeps the numbers of a notebook as they are written', async () => {
    const text =
      '{"cells": [], "metadata": {"a": 1.0, "b": 12345678901234567890, "c": 1e5, "d": "\ud83d\ude00"}, "nbformat": 4}';
    expect((await sent({ ...base, text, kernelType: 'notebook' })).text).toBe(text.replace('😀', '\\ud83d\\ude00'));
  });

  it('takes the forms in which the server names things', async () => {
    const body = await sent({
      ...base,
      slug: '/code/alice/my-kernel-one',
      datasetDataSources: ['/datasets/alice/sample-data', 'alice/sample-data'],
    });
    expect(body).toMatchObject({ slug: 'alice/my-kernel-one', datasetDataSources: ['alice/sample-data'] });
  });
});

describe('push refuses, before anything is sent', () => {
  const rows: [string, Partial<PushRequest>, string][] = [
    ['neither slug nor id', { slug: undefined }, 'needs a slug'],
    ['a short slug', { slug: 'alice/abcd', newTitle: undefined }, '5 to 50'],
    ['a long slug', { slug: `alice/${'a'.repeat(51)}`, newTitle: undefined }, '5 to 50'],
    ['a slug with spaces', { slug: 'alice/my kernel', newTitle: undefined }, 'not "owner/slug"'],
    ['a slug with a version', { slug: 'alice/my-kernel-one/3' }, 'not "owner/slug"'],
    ['a short title', { newTitle: 'abcd' }, '5 to 50'],
    ['a long title', { newTitle: 'a'.repeat(51) }, '5 to 50'],
    ['a title with another slug', { newTitle: 'Another Title' }, 'resolves to the slug "another-title"'],
    ['an unknown language', { language: 'julia' as 'r' }, 'language must be one of python, r, rmarkdown'],
    ['an unknown type', { kernelType: 'app' as 'script' }, 'kernelType must be one of'],
    ['an unknown pinning', { dockerImagePinningType: 'newest' as 'latest' }, 'dockerImagePinningType must be one of'],
    ['a number for a boolean', { isPrivate: 1 as unknown as boolean }, 'isPrivate must be true or false'],
    ['a dataset without owner', { datasetDataSources: ['data'] }, '"data" is not "owner/slug"'],
    ['a kernel without owner', { kernelDataSources: ['x'] }, '"x" is not "owner/slug"'],
    ['a model without version', { modelDataSources: ['a/b/c/d'] }, 'owner/model/framework/variation/version'],
    ['no list', { datasetDataSources: 'alice/data' as unknown as string[] }, 'must be a list'],
    ['no notebook', { kernelType: 'notebook' }, 'notebook is not JSON'],
    ['no cells', { kernelType: 'notebook', text: '{}' }, 'no list of cells'],
    ['no code', { text: undefined }, 'either text, or a folder'],
    ['two codes', { files: { 'a.py': '' } }, 'either text, or a folder'],
    [
      'two datasets at one place',
      { datasetDataSources: ['alice/sample-data', 'bob/sample-data'] },
      'the datasets alice/sample-data and bob/sample-data would both be mounted at /kaggle/input/sample-data',
    ],
    ['two versions of one dataset', { datasetDataSources: ['a/data', 'a/data/2'] }, 'would both be mounted'],
  ];
  for (const [name, change, message] of rows) {
    it(name, async () => {
      const { client, requests } = createFake({});
      const failure = await push(client, { ...base, ...change }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ValidationError);
      expect((failure as Error).message).toContain(message);
      expect(requests).toEqual([]);
    });
  }

  it('lists all problems at once, with their paths', async () => {
    const failure = await push(createFake({}).client, {
      ...base,
      newTitle: 'abc',
      enableGpu: 1 as unknown as boolean,
    }).catch((error: unknown) => error);
    expect((failure as ValidationError).issues.map(({ path }) => path)).toEqual(['newTitle', 'newTitle', 'enableGpu']);
  });

  it('but not a title with another slug if told so', async () => {
    expect((await sent({ ...base, newTitle: 'Another Title', allowSlugMismatch: true })).newTitle).toBe(
      'Another Title',
    );
  });
});

describe('what the server makes of a push', () => {
  it('is an error when sources were left out: the version exists, and each is named', async () => {
    const answer = saved({ invalidDatasetSources: ['bob/nope'], invalidKernelSources: ['bob/gone'] });
    const failure = await push(createFake({ SaveKernel: answer }).client, base).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect((failure as Error).message).toBe(
      'Kaggle saved alice/my-kernel-one as version 2 and runs it, but left out sources that are not valid: dataset bob/nope, kernel bob/gone',
    );
    const tolerated = await push(createFake({ SaveKernel: answer }).client, { ...base, allowInvalidSources: true });
    expect(tolerated.invalidSources).toEqual(['dataset bob/nope', 'kernel bob/gone']);
  });

  it('is an error when the answer carries one, in the words of the server', async () => {
    const answer = () => ({ error: 'Please verify your phone number to use a GPU' });
    await expect(push(createFake({ SaveKernel: answer }).client, base)).rejects.toThrow('verify your phone number');
  });

  it('is not pushed twice when the answer is lost', async () => {
    const { client, called } = createFake({ SaveKernel: () => json({ code: 503 }, 503) });
    await expect(push(client, base)).rejects.toBeInstanceOf(ApiError);
    expect(called()).toEqual(['SaveKernel']);
  });
});

describe('the quota before a push that needs an accelerator', () => {
  const quota =
    (gpu: object, tpu: object = { timeUsed: '0s', totalTimeAllowed: '72000s' }) =>
    () => ({
      quotaRefreshTime: '2024-06-08T00:00:00Z',
      gpuQuota: gpu,
      tpuQuota: tpu,
    });
  const usedUp = { timeUsed: '108000.5s', totalTimeAllowed: '108000s' };
  const left = { timeUsed: '4530.500s', totalTimeAllowed: '108000s' };

  async function pushWith(GetAcceleratorQuotaStatistics: Handler, request: Partial<PushRequest>) {
    const fake = createFake({ GetAcceleratorQuotaStatistics, SaveKernel: saved() });
    const outcome = await push(fake.client, { ...base, ...request }).then(
      () => 'pushed',
      (error: Error) => error.message,
    );
    return { outcome, called: fake.called() };
  }

  it('says that it is used up, and when it comes back', async () => {
    for (const request of [{ enableGpu: true }, { machineShape: 'NvidiaTeslaT4' }]) {
      const { outcome, called } = await pushWith(quota(usedUp), request);
      expect(outcome).toBe('the GPU quota is used up (30.0 h of 30.0 h); it is refilled at 2024-06-08T00:00:00.000Z');
      expect(called).toEqual(['GetAcceleratorQuotaStatistics']);
    }
  });

  it('tells GPU and TPU apart', async () => {
    expect((await pushWith(quota(usedUp), { machineShape: 'TpuV5E8' })).outcome).toBe('pushed');
    expect((await pushWith(quota(left, usedUp), { enableTpu: true })).outcome).toContain('the TPU quota is used up');
  });

  it('says that an account without any needs a verified phone', async () => {
    const { outcome } = await pushWith(quota({ totalTimeAllowed: '0s' }), { enableGpu: true });
    expect(outcome).toContain('verified phone number');
  });

  it('lets a push pass when there is some left, when more can be bought, and when the server cannot tell', async () => {
    expect((await pushWith(quota(left), { enableGpu: true })).outcome).toBe('pushed');
    expect((await pushWith(quota({ ...usedUp, isPayToScaleEnabled: true }), { enableGpu: true })).outcome).toBe(
      'pushed',
    );
    expect((await pushWith(() => json({ code: 500 }, 500), { enableGpu: true })).outcome).toBe('pushed');
  });

  it('is not asked for without an accelerator, nor with checkQuota: false', async () => {
    expect((await pushWith(quota(usedUp), {})).called).toEqual(['SaveKernel']);
    expect((await pushWith(quota(usedUp), { enableGpu: true, checkQuota: false })).called).toEqual(['SaveKernel']);
  });
});
