import { describe, expect, test } from 'vitest';
import type { ApiGetKernelResponse } from '../../src/services/kernels/index.ts';
import { fromKernel, type PushRequest, push, start } from '../../src/services/kernels/index.ts';
import { createFake, refuse } from './kernels-fake.ts';

const base = { slug: 'alice/my-job-one', newTitle: 'My Job One' };
const metadata = { ref: 'alice/my-job-one', title: 'My Job One' } as ApiGetKernelResponse['metadata'];

/** The body of SaveKernel. */
async function saved(request: PushRequest, verb: typeof start | typeof push = start): Promise<Record<string, unknown>> {
  const { client, requests } = createFake({
    GetKernel: () => refuse(403),
    GetAcceleratorQuotaStatistics: () => ({}),
    SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }),
  });
  await verb(client, request, { onWarning: () => undefined });
  return requests.find(({ method }) => method === 'SaveKernel')!.body;
}

/** What `get` returns for a kernel that was saved with this body. */
function got({ text, ...body }: Record<string, unknown>): ApiGetKernelResponse {
  return {
    metadata: { ...metadata, ...body },
    blob: { source: text, language: body.language, kernelType: body.kernelType },
  } as ApiGetKernelResponse;
}

const notebook = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
  cells: [{ cell_type: 'code', id: 'a', source: 'x = 1.0', metadata: {}, outputs: [], execution_count: null }],
});
const hard = 'print("\\n\u00e9\u2028", \'"\')  # x: 1,\r\n    }\n"""\nfiles = {\n"""\n';

describe('fromKernel', () => {
  test.each<[string, Partial<PushRequest>]>([
    ['a script', { text: hard }],
    ['parameters', { text: hard, params: { a: [1.5, null, '"x": "y".encode("utf-8"),\n    }\n'] } }],
    ['R', { text: 'x <- 1\n', language: 'r' }],
    ['R Markdown', { text: '---\ntitle: x\n---\n\n```{r}\n1\n```\n', language: 'rmarkdown' }],
    [
      'a folder',
      { files: { 'train.py': hard, 'lib/a.py': 'A = 1', 'b.bin': new Uint8Array([0, 255, 10]) }, entry: 'train.py' },
    ],
    ['a folder and parameters', { files: { 'a/train.py': '1', 'u.py': '2' }, entry: 'a/train.py', params: 7 }],
  ])('restores %s', async (_what, code) => {
    for (const verb of [start, push]) {
      const { text, files, entry, params } = fromKernel(got(await saved({ ...base, ...code }, verb)));
      const { language: _, ...expected } = code;
      expect({ text, files, entry, params }).toEqual({
        text: undefined,
        files: undefined,
        entry: undefined,
        params: undefined,
        ...expected,
      });
    }
  });

  test.each<[string, Partial<PushRequest>]>([
    ['a notebook', {}],
    ['a notebook with parameters', { params: { epochs: 3 } }],
  ])('restores %s, which is sent the same way again', async (_what, code) => {
    const restored = fromKernel(got(await saved({ ...base, text: notebook, ...code })));
    expect(JSON.parse(restored.text!)).toEqual(JSON.parse(notebook));
    expect(restored.params).toEqual(code.params);
    expect(restored.kernelType).toBe('notebook');
  });

  test('keeps a source whose files are in a dataset', async () => {
    const text = (await saved({ ...base, text: 'print(1)', params: {} })).text as string;
    const mounted = text.replace('    folder = written\n', '    mounts = ["/kaggle/input/x"]\n');
    expect(fromKernel(got({ text: mounted })).text).toBe(mounted.slice(0, mounted.lastIndexOf('# kaggle-ts job')));
  });

  test('does not take code of the user for its own', () => {
    const text = '# Sets up the files and parameters of the job. By hand.\nprint(1)\n';
    expect(fromKernel(got({ text })).text).toBe(text);
  });

  test('takes over settings and sources', async () => {
    const settings = {
      isPrivate: false,
      enableInternet: false,
      machineShape: 'NvidiaTeslaT4',
      datasetDataSources: ['alice/points/2'],
      competitionDataSources: ['titanic'],
      modelDataSources: ['google/gemma/pyTorch/2b'],
    };
    expect(fromKernel(got(await saved({ ...base, text: '1', ...settings })))).toEqual({
      ...base,
      text: '1',
      language: 'python',
      kernelType: 'script',
      ...settings,
    });
  });

  test.each([
    [{ machineShape: 'Gpu' }, 'NvidiaTeslaT4'],
    [{ machineShape: '', enableGpu: true }, 'NvidiaTeslaT4'],
    [{ enableTpu: true }, 'TpuV5E8'],
    [{ machineShape: 'None' }, undefined],
    [{ machineShape: 'NvidiaL4', enableGpu: true }, 'NvidiaL4'],
  ])('names the machine of %j', (settings, shape) => {
    expect(fromKernel(got({ text: '1', ...settings })).machineShape).toBe(shape);
  });

  test('leaves out the title of a renamed kernel', () => {
    const { slug, newTitle } = fromKernel(got({ text: '1', title: 'Something else' }));
    expect({ slug, newTitle }).toEqual({ slug: base.slug, newTitle: undefined });
  });

  test('says what is missing', () => {
    expect(() => fromKernel({ metadata, blob: undefined })).toThrow('did not return the source of alice/my-job-one');
    expect(() => fromKernel({ metadata: undefined, blob: undefined })).toThrow('did not return the settings');
  });
});
