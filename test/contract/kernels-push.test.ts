import { describe, expect, it, vi } from 'vitest';
import { writeText } from '../../src/core/error-text.ts';
import { ApiError, ValidationError } from '../../src/core/errors.ts';
import { CapacityError, type PushRequest, push, QuotaError } from '../../src/services/kernels/index.ts';
import { shapeDifference, shapeWarning } from '../../src/services/kernels/push/shapes.ts';
import { createFake, type Handler, json, refuse } from './kernels-fake.ts';

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
  await push(client, { ...request, checkQuota: false }, { onWarning: () => {} });
  expect(requests.filter(({ method }) => method !== 'GetKernel').map(({ method }) => method)).toEqual(['SaveKernel']);
  return requests[0]!.body;
}

describe('push', () => {
  it('sends the defaults of the official client and returns the version', async () => {
    const { client, requests } = createFake({ SaveKernel: saved() });
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
      invalidTags: [],
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
      modelDataSources: ['alice/sample-model/pyTorch/small/1', 'alice/sample-model/pyTorch/large'],
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
    const body = await sent({ ...base, text: JSON.stringify(notebook), kernelType: 'notebook' });
    expect(body.language).toBe('python');
    expect(body.text).toBe(
      '{"cells": [{"cell_type": "code", "source": "import os\\nprint(\'h\\u00e9\')", "outputs": [], "execution_count": 3, "metadata": {}}, ' +
        '{"cell_type": "markdown", "source": "# t", "metadata": {}}], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 4}',
    );
  });

  it('keeps the numbers of a notebook as they are written', async () => {
    const text =
      '{"cells": [], "metadata": {"kernelspec": {"name": "python3"}, "a": 1.0, "b": 12345678901234567890, "c": 1e5, "d": "\ud83d\ude00"}, "nbformat": 4, "nbformat_minor": 5}';
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
    ['neither slug nor id', { slug: undefined }, 'slug is missing'],
    ['a short slug', { slug: 'alice/abcd', newTitle: undefined }, '5 to 50'],
    ['a long slug', { slug: `alice/${'a'.repeat(51)}`, newTitle: undefined }, '5 to 50'],
    ['a slug with spaces', { slug: 'alice/my kernel', newTitle: undefined }, 'slug: expected "owner/slug"'],
    ['a slug with a version', { slug: 'alice/my-kernel-one/3' }, 'slug: expected "owner/slug"'],
    ['a short title', { newTitle: 'abcd' }, '5 to 50'],
    ['a long title', { newTitle: 'a'.repeat(51) }, '5 to 50'],
    [
      'a title with another slug',
      { newTitle: 'Another Title' },
      'got "Another Title", which resolves to "another-title"',
    ],
    ['an unknown language', { language: 'julia' as 'r' }, 'language: expected one of python, r, rmarkdown'],
    ['an unknown type', { kernelType: 'app' as 'script' }, 'kernelType: expected one of'],
    ['an unknown pinning', { dockerImagePinningType: 'newest' as 'latest' }, 'dockerImagePinningType: expected one of'],
    ['a number for a boolean', { isPrivate: 1 as unknown as boolean }, 'isPrivate: expected true or false'],
    [
      'a dataset without owner',
      { datasetDataSources: ['data'] },
      'expected "owner/slug" or "owner/slug/version", got "data"',
    ],
    ['a kernel without owner', { kernelDataSources: ['x'] }, 'expected "owner/slug", got "x"'],
    ['a model without variation', { modelDataSources: ['a/b/c'] }, 'owner/model/framework/variation/version'],
    ['no list', { datasetDataSources: 'alice/data' as unknown as string[] }, 'expected an array of strings'],
    ['no notebook', { kernelType: 'notebook' }, 'invalid notebook: not JSON'],
    ['no cells', { kernelType: 'notebook', text: '{}' }, 'no list of cells'],
    ['no code', { text: undefined }, 'either text, or folder (or files) and entry'],
    ['two codes', { files: { 'a.py': '' } }, 'either text, or folder (or files) and entry'],
    [
      'two versions of one dataset',
      { datasetDataSources: ['a/data', 'a/data/2'] },
      'cannot mount both a/data and a/data/2 at /kaggle/input/datasets/a/data; pass one of them',
    ],
    [
      'a file that Kaggle does not run',
      { text: undefined, files: { 'a.jl': '' }, entry: 'a.jl' },
      '"a.jl" is not a supported script type',
    ],
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
      'Kaggle saved version 2 of alice/my-kernel-one and runs it, but left out invalid sources (dataset bob/nope, kernel bob/gone); correct them and push again, or pass allowInvalidSources: true',
    );
    const tolerated = await push(createFake({ SaveKernel: answer }).client, { ...base, allowInvalidSources: true });
    expect(tolerated.invalidSources).toEqual(['dataset bob/nope', 'kernel bob/gone']);
  });

  it('is an error when the answer carries one, in the words of the server', async () => {
    const answer = () => ({ error: 'Please verify your phone number to use a GPU' });
    await expect(push(createFake({ SaveKernel: answer }).client, base)).rejects.toThrow('verify your phone number');
  });

  it('is an error when it does not say which version that is', async () => {
    const answer = saved({ versionNumber: 0 });
    await expect(push(createFake({ SaveKernel: answer }).client, base)).rejects.toThrow(
      'did not return the version number',
    );
  });

  const lost: Record<string, Handler> = {
    'a 503': () => json({ code: 503, message: 'busy' }, 503),
    'a web page': () => new Response('<html>Bad gateway</html>', { status: 502 }),
    'no answer': () => {
      throw new TypeError('fetch failed');
    },
  };
  it.each(
    Object.entries(lost),
  )('is not pushed twice after %s; the error says that it may be there', async (_what, answer) => {
    const { client, called } = createFake({ SaveKernel: answer });
    await expect(push(client, base)).rejects.toThrow(
      'Kaggle may have saved the version; check https://www.kaggle.com/code/alice/my-kernel-one before you push again',
    );
    expect(called()).toEqual(['SaveKernel']);
  });

  it('by its number says so too', async () => {
    const { client } = createFake({ SaveKernel: lost['a 503']! });
    await expect(push(client, { id: 500, text: '1' })).rejects.toThrow('check the kernel 500 before you push again');
  });

  it.each(Object.entries(lost))('is found after %s where the text has a mark of its own', async (_what, answer) => {
    let source = 'an older text';
    const { client, called } = createFake({
      SaveKernel: ({ text }, request) => {
        source = text;
        return answer(text, request);
      },
      GetKernel: () => ({
        metadata: { id: 500, ref: 'alice/my-kernel-one', currentVersionNumber: 7 },
        blob: { source },
      }),
    });
    const pushed = await push(client, { ...base, params: {} });
    expect(pushed).toMatchObject({ ref: 'alice/my-kernel-one', versionNumber: 7, kernelId: 500, invalidSources: [] });
    expect(called()).toEqual(['SaveKernel', 'GetKernel']);
  });

  it.each([
    [
      'no phone number',
      refuse(403, "Permission 'kernelSessions.enableInternet' was denied"),
      'verify the phone number of the account at https://www.kaggle.com/settings, or pass enableInternet: false',
    ],
    ['another type', json({ error: 'You cannot change the editor type' }), 'push to another slug'],
    ['not yours', json({ error: 'Notebook not found' }), 'it belongs to another account, or was never saved'],
    ['a used title', refuse(409, 'Requested entity already exists'), 'change newTitle and slug'],
  ])("says Kaggle's own words and what to do: %s", async (_what, answer, hint) => {
    const failure = await push(createFake({ SaveKernel: () => answer.clone() }).client, base).catch((e: Error) => e);
    const { error } = (await answer.clone().json()) as { error: string | { message: string } };
    expect((failure as Error).message).toContain(typeof error === 'string' ? error : error.message);
    expect((failure as Error).message).toContain(hint);
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
    let failure: unknown;
    const outcome = await push(fake.client, { ...base, ...request }).then(
      () => 'pushed',
      (error: Error) => {
        failure = error;
        return error.message;
      },
    );
    return { outcome, failure, called: fake.called() };
  }

  it('says that it is used up, and when it comes back', async () => {
    for (const request of [{ enableGpu: true }, { machineShape: 'NvidiaTeslaT4' }]) {
      const { outcome, failure, called } = await pushWith(quota(usedUp), request);
      expect(failure).toBeInstanceOf(QuotaError);
      expect(failure).toMatchObject({ accelerator: 'GPU', limit: 108_000, refilled: new Date('2024-06-08') });
      expect(outcome).toBe('the weekly GPU quota is used up (30.0 h of 30.0 h); it renews at 2024-06-08T00:00:00.000Z');
      expect(called).toEqual(['GetAcceleratorQuotaStatistics']);
    }
  });

  it('counts what running sessions hold', async () => {
    const held = { timeUsed: '100000s', timeReserved: '8000s', totalTimeAllowed: '108000s' };
    expect((await pushWith(quota(held), { machineShape: 'NvidiaTeslaT4' })).outcome).toContain('is used up');
    const less = { ...held, timeReserved: '7000s' };
    expect((await pushWith(quota(less), { machineShape: 'NvidiaTeslaT4' })).outcome).toBe('pushed');
  });

  it('tells GPU and TPU apart', async () => {
    expect((await pushWith(quota(usedUp), { machineShape: 'TpuV5E8' })).outcome).toBe('pushed');
    expect((await pushWith(quota(left, usedUp), { enableTpu: true })).outcome).toContain(
      'the weekly TPU quota is used up',
    );
  });

  it('says that an account without any needs a verified phone', async () => {
    const { outcome } = await pushWith(quota({ totalTimeAllowed: '0s' }), { enableGpu: true });
    expect(outcome).toContain('no GPU quota; verify its phone number');
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

describe('the slots of an account', () => {
  const full = { error: 'Maximum batch GPU session count of 2 reached.', ref: '', url: '', versionNumber: null };

  it('that are taken are a CapacityError, with the limit', async () => {
    const { client, called } = createFake({ SaveKernel: () => full });
    const failure = await push(client, base).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CapacityError);
    expect(failure).toMatchObject({ accelerator: 'GPU', limit: 2, status: 200 });
    expect((failure as Error).message).toMatch(/Maximum batch GPU session count of 2 reached\..*waitForSlot/);
    expect(called()).toEqual(['SaveKernel']);
  });

  it('a quota that is used up is a QuotaError', async () => {
    const { client } = createFake({
      SaveKernel: () => ({ error: 'Maximum weekly GPU quota of 30.00 hours reached.' }),
    });
    const failure = await push(client, base, { waitForSlot: 60 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(QuotaError);
    expect(failure).toMatchObject({ accelerator: 'GPU', limit: 108_000 });
  });

  it('are waited for if asked to, with a word', async () => {
    vi.useFakeTimers();
    try {
      let asked = 0;
      const { client } = createFake({ SaveKernel: (_, request) => (++asked < 4 ? full : saved()(_, request)) });
      const statuses: string[] = [];
      const pushing = push(client, base, { waitForSlot: 600, onStatus: (status) => statuses.push(status) });
      await vi.advanceTimersByTimeAsync(60_000);
      expect((await pushing).versionNumber).toBe(2);
      expect(statuses).toEqual(['WAITING_FOR_SLOT']);
      expect(asked).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are not waited for any longer than that, nor after an abort', async () => {
    const { client } = createFake({ SaveKernel: () => full });
    await expect(push(client, base, { waitForSlot: 0.05 })).rejects.toThrow(CapacityError);
    const controller = new AbortController();
    const reason = new Error('enough');
    const pushing = push(client, base, {
      waitForSlot: 600,
      signal: controller.signal,
      onStatus: () => controller.abort(reason),
    });
    await expect(pushing).rejects.toBe(reason);
  });
});

describe('a machine shape', () => {
  it.each([
    ['NvidiaTeslaT4', undefined],
    ['TpuV5E8', undefined],
    ['SomethingQuiteNew', undefined],
    ['NvidiaTeslaP100', 'is retired: Kaggle will use NvidiaTeslaT4 instead'],
    ['Tpu1VmV38', 'is retired: Kaggle will use TpuV5E8 instead'],
    ['TpuV232', 'is retired: Kaggle will use a CPU instead'],
    ['nvidiateslat4', 'did you mean "NvidiaTeslaT4"?'],
    ['NvidiaTeslaT5', 'did you mean "NvidiaTeslaT4"?'],
    ['T4', 'did you mean "NvidiaTeslaT4"?'],
    ['TPU-V5-E8', 'did you mean "TpuV5E8"?'],
  ])('%s', (shape, warning) => {
    if (warning === undefined) expect(shapeWarning(shape)).toBeUndefined();
    else expect(writeText(shapeWarning(shape)!)).toContain(warning);
  });

  it('is compared with the one that Kaggle has recorded', () => {
    expect(shapeDifference('NvidiaTeslaT4', 'NvidiaTeslaT4')).toBeUndefined();
    expect(shapeDifference('NvidiaTeslaP100', 'NvidiaTeslaT4')).toBeUndefined();
    expect(writeText(shapeDifference('NvidiaL4', 'NvidiaTeslaT4')!)).toContain('Kaggle recorded "NvidiaTeslaT4"');
    expect(writeText(shapeDifference('NvidiaL4', undefined)!)).toContain('Kaggle recorded none');
  });

  it('is read back after the push, of exactly its version', async () => {
    const { client, requests } = createFake({
      SaveKernel: saved(),
      GetKernel: () => ({ metadata: { machineShape: 'NvidiaTeslaT4' } }),
    });
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    await push(client, { ...base, machineShape: 'NvidiaL4', checkQuota: false }, { onWarning });
    expect(warnings).toEqual([
      'machineShape is "NvidiaL4", but Kaggle recorded "NvidiaTeslaT4": the run may use a different machine',
    ]);
    expect(requests.at(-1)).toEqual({
      method: 'GetKernel',
      body: { userName: 'alice', kernelSlug: 'my-kernel-one', versionLabel: 'v2' },
    });
  });

  it('that cannot be read back is no failure', async () => {
    const { client } = createFake({ SaveKernel: saved(), GetKernel: () => refuse(500) });
    await push(client, { ...base, machineShape: 'NvidiaTeslaT4', checkQuota: false });
  });
});

describe('a large source', () => {
  const text = `# ${'x'.repeat(1_300_000)}`;

  it('is warned of', async () => {
    const warnings: string[] = [];
    const { client } = createFake({ SaveKernel: saved() });
    await push(client, { ...base, text }, { onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual([
      expect.stringContaining('the source is 1.30 MB, and Kaggle refuses more than about 1.2 MB'),
    ]);
  });

  it('that is refused by a bare 400 is an error that says so', async () => {
    const { client } = createFake({ SaveKernel: () => new Response('', { status: 400 }) });
    const pushing = push(client, { ...base, text }, { onWarning: () => {} });
    await expect(pushing).rejects.toThrow('the source is 1.30 MB, and Kaggle refuses more than about 1.2 MB');
  });
});

describe('a notebook', () => {
  const cell = (source: unknown, more: object = {}) => ({ cell_type: 'code', source, metadata: {}, ...more });
  const push1 = async (notebook: object, more: Partial<PushRequest> = {}) => {
    const body = await sent({ ...base, text: `\ufeff${JSON.stringify(notebook)}`, kernelType: 'notebook', ...more });
    return { ...body, notebook: JSON.parse(String(body.text)) };
  };
  const r = { kernelspec: { name: 'ir', display_name: 'R', language: 'R' } };

  it('without a kernelspec gets one, and what a code cell needs', async () => {
    const { notebook } = await push1({ cells: [cell(['a\n', 'b'])], metadata: {}, nbformat: 4 });
    expect(notebook).toEqual({
      cells: [{ cell_type: 'code', source: 'a\nb', metadata: {}, outputs: [], execution_count: null }],
      metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 4,
    });
  });

  it('of format 3 becomes one of format 4', async () => {
    const old = {
      metadata: { name: 'old' },
      nbformat: 3,
      nbformat_minor: 0,
      worksheets: [
        {
          cells: [
            { cell_type: 'heading', level: 2, source: ['Title'], metadata: {} },
            {
              cell_type: 'code',
              input: ['print(1)\n', 'print(2)'],
              prompt_number: 3,
              outputs: [{}],
              language: 'python',
              collapsed: false,
              metadata: {},
            },
            { cell_type: 'markdown', source: 'text', metadata: {} },
          ],
        },
      ],
    };
    const { notebook } = await push1(old);
    expect(notebook).toEqual({
      metadata: { name: 'old', kernelspec: expect.objectContaining({ name: 'python3' }) },
      nbformat: 4,
      nbformat_minor: 4,
      cells: [
        { cell_type: 'markdown', source: '## Title', metadata: {} },
        { cell_type: 'code', source: 'print(1)\nprint(2)', metadata: {}, outputs: [], execution_count: null },
        { cell_type: 'markdown', source: 'text', metadata: {} },
      ],
    });
  });

  it('in R is sent as R', async () => {
    const notebook = { cells: [cell('x <- 1')], metadata: r, nbformat: 4, nbformat_minor: 5 };
    expect(await push1(notebook)).toMatchObject({ language: 'r', kernelType: 'notebook' });
    for (const entry of ['a.ipynb', 'a.irnb']) {
      const body = await sent({ ...base, text: undefined, files: { [entry]: JSON.stringify(notebook) }, entry });
      expect(body).toMatchObject({ language: 'r', kernelType: 'notebook' });
    }
    const bare = await push1({ ...notebook, metadata: {} }, { language: 'r' });
    expect(bare.notebook.metadata.kernelspec).toMatchObject({ name: 'ir' });
  });

  it.each([
    [
      'Julia',
      { cells: [], metadata: { kernelspec: { name: 'julia-1.9', language: 'julia' } } },
      {},
      'written in julia, and Kaggle runs Python and R only',
    ],
    [
      'R that is called Python',
      { cells: [], metadata: r },
      { language: 'python' },
      'written in r, but language is "python"',
    ],
    ['a cell that is no cell', { cells: [5] }, {}, 'cell 1 is not an object'],
    ['a cell of no type', { cells: [cell('a'), { source: '' }] }, {}, 'cell 2 has the unknown type undefined'],
    ['a source that is no text', { cells: [cell({ a: 1 })] }, {}, 'the source of cell 1 is not a string'],
  ] as [string, object, Partial<PushRequest>, string][])('%s is refused', async (_what, notebook, more, message) => {
    const { client, requests } = createFake({});
    const pushing = push(client, { ...base, kernelType: 'notebook', text: JSON.stringify(notebook), ...more });
    await expect(pushing).rejects.toThrow(message);
    expect(requests).toEqual([]);
  });
});
