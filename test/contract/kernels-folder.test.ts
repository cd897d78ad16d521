import { loadPyodide, type PyodideInterface } from 'pyodide';
import { beforeAll, describe, expect, it } from 'vitest';
import { MissingCapabilityError, ValidationError } from '../../src/core/errors.ts';
import { type PushRequest, push } from '../../src/services/kernels/index.ts';
import { codeDatasetSlug } from '../../src/services/kernels/push/code-dataset.ts';
import { excludedFromJob } from '../../src/services/kernels/push/job-files.ts';
import { type JobSource, readJob } from '../../src/services/kernels/push/job-text.ts';
import { createFake, refuse } from './kernels-fake.ts';

const train = `from __future__ import annotations
import os
import sys

from kaggle_params import params
from tools.maths import double
import helper

print(__name__, os.path.basename(__file__), sys.argv == [__file__])
print(double(params["n"]), params["text"], helper.NAME)
print(os.environ["KAGGLE_TS_PARAMS"])
print(open(os.path.join(os.path.dirname(__file__), "..", "data.bin"), "rb").read())
`;
const files: Record<string, string | Uint8Array> = {
  'src/train.py': train,
  'src/helper.py': 'NAME = "é😀 \\\\ \'quoted\' \\"twice\\""\n',
  'tools/__init__.py': '',
  'tools/maths.py': 'def double(n):\n    return n * 2\n\ndef fail():\n    return 1 / 0\n',
  'data.bin': new Uint8Array([0, 255, 254, 10, 13]),
};
const params = { n: 21, text: 'a"b\\c\n😀\u2028' };
const { client } = createFake({});

let python: PyodideInterface;
beforeAll(async () => {
  python = await loadPyodide();
});

/** Forgets what an earlier script imported. */
const forget = `import sys
sys.path[:] = [path for path in sys.path if "kaggle" not in path]
for name in [name for name in sys.modules if name.split(".")[0] in ("helper", "kaggle_params", "tools")]:
    del sys.modules[name]
`;

/** Runs a script in an interpreter of its own modules and gives what it printed, or its traceback. */
function execute(text: string): string {
  const printed: string[] = [];
  python.setStdout({ batched: (line) => printed.push(line) });
  python.runPython(forget);
  const globals = python.toPy({ __name__: '__main__' });
  try {
    python.runPython(text, { globals, filename: 'script.py' });
  } catch (error) {
    printed.push(String((error as Error).message));
  }
  return printed.join('\n');
}

describe('a folder as a kernel', () => {
  it('runs the entry with its modules, its files and its parameters', async () => {
    const job = await readJob(client, { files, entry: 'src/train.py', params });
    expect(job.upload).toEqual([]);
    expect(execute(job.text()).split('\n')).toEqual([
      '__main__ train.py True',
      '42 a"b\\c',
      '😀\u2028 é😀 \\ \'quoted\' "twice"',
      JSON.stringify(params),
      "b'\\x00\\xff\\xfe\\n\\r'",
    ]);
  });

  it('shows the own names and lines of the files in a traceback', async () => {
    const entry = 'import tools.maths\n\n\ntools.maths.fail()\n';
    const job = await readJob(client, { files: { ...files, 'main.py': entry }, entry: 'main.py' });
    const traceback = execute(job.text());
    expect(traceback).toMatch(
      /File "\/tmp\/kaggle-job-\w+\/main\.py", line 4, in <module>\n {4}tools\.maths\.fail\(\)/,
    );
    expect(traceback).toMatch(/File "\/tmp\/kaggle-job-\w+\/tools\/maths\.py", line 5, in fail/);
  });

  it('gives parameters to a plain text too', async () => {
    const text = 'from kaggle_params import params\nprint(params)\n1 / 0';
    const job = await readJob(client, { text, params: [1, null, true] });
    const printed = execute(job.text());
    expect(printed).toContain('[1, None, True]');
    expect(printed).toMatch(/main\.py", line 3, in <module>/);
  });

  it('gives parameters and modules to a notebook in a first cell', async () => {
    const notebook = JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          source: 'from kaggle_params import params\nfrom tools.maths import double\nprint(double(params))',
          outputs: [],
          metadata: {},
        },
      ],
      nbformat: 4,
    });
    const { 'src/train.py': _, ...modules } = files;
    const job = await readJob(client, {
      files: { ...modules, 'main.ipynb': notebook },
      entry: 'main.ipynb',
      kernelType: 'notebook',
      params: 4,
    });
    const { cells } = JSON.parse(job.text()) as { cells: { source: string }[] };
    expect(cells).toHaveLength(2);
    expect(execute(cells.map(({ source }) => source).join('\n'))).toBe('8');
  });

  it('finds data sources wherever Kaggle has mounted them', async () => {
    const mounts = [
      'datasets/alice/points',
      'notebooks/bob/before',
      'competitions/titanic',
      'legacy',
      'models/google/bert/pytorch/base/2',
    ];
    for (const mount of mounts) python.FS.mkdirTree(`/kaggle/input/${mount}`);
    python.FS.writeFile('/kaggle/input/datasets/alice/points/a.csv', 'x');
    const sources = [
      'alice/points',
      'bob/before',
      'titanic',
      'carol/legacy',
      'google/bert/pytorch/base/2',
      'alice/points/3',
    ];
    const text = `from kaggle_params import input_path\nfor source in ${JSON.stringify(sources)}:\n    print(input_path(source))\ninput_path("a/gone")`;
    const printed = execute((await readJob(client, { text, params: {} })).text()).split('\n');
    expect(printed.slice(0, 6)).toEqual([
      '/kaggle/input/datasets/alice/points',
      '/kaggle/input/notebooks/bob/before',
      '/kaggle/input/competitions/titanic',
      '/kaggle/input/legacy',
      '/kaggle/input/models/google/bert/pytorch/base/2',
      '/kaggle/input/datasets/alice/points',
    ]);
    expect(printed.join('\n')).toContain(
      'FileNotFoundError: a/gone is not mounted under /kaggle/input; folders with files: /kaggle/input/datasets/alice/points',
    );
  });

  it.each([
    ['kaggle-281234567-webtier', '281234567'],
    ['a-b-281234567-x7f9', '281234567'],
    ['281234567', '281234567'],
    ['container', undefined],
    ['', undefined],
  ])('tells the session of a container called %j', async (name, session) => {
    python.runPython(`import os\nos.environ["KAGGLE_CONTAINER_NAME"] = ${JSON.stringify(name)}`);
    const printed = execute((await readJob(client, { text: 'print("own")', params: {} })).text());
    python.runPython('del os.environ["KAGGLE_CONTAINER_NAME"]');
    expect(printed).toBe(session ? `##kaggle-ts session=${session}##\nown` : 'own');
  });

  it('sends an entry without modules or parameters as it is', async () => {
    const job = await readJob(client, { files: { 'train.py': 'print(1)\n' }, entry: 'train.py' });
    expect(job.text()).toBe('print(1)\n');
  });

  it('finds more files than fit in the dataset where they are mounted', async () => {
    const job: JobSource = await readJob(client, { files, entry: 'src/train.py', params, embedLimit: 10 });
    expect(job.upload.map(({ name }) => name)).toEqual(Object.keys(files).sort());
    const text = job.text(['/kaggle/input/absent', '/kaggle/input/my-job-code']);
    expect(text).not.toContain('def double');
    expect(execute(text)).toContain(
      "the job's files are not mounted at /kaggle/input/absent or /kaggle/input/my-job-code",
    );
    for (const { name, bytes } of job.upload) {
      const path = `/kaggle/input/my-job-code/${name}`;
      python.FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
      python.FS.writeFile(path, bytes);
    }
    expect(execute(text)).toContain('42 a"b\\c');
  });

  it('is read from the file system of the platform, without what never travels', async () => {
    const { client, requests } = createFake(
      { SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }) },
      {
        '/job/train.py': 'import helper\n',
        '/job/helper.py': 'print("helped")\n',
        '/job/.git/config': 'secret-1',
        '/job/.env': 'secret-2',
        '/job/node_modules/x/index.js': 'secret-3',
        '/job/__pycache__/helper.pyc': 'secret-4',
      },
    );
    await push(client, { slug: 'alice/my-job-one', folder: '/job', entry: 'train.py' });
    const { text, language, kernelType } = requests[0]!.body;
    expect({ language, kernelType }).toEqual({ language: 'python', kernelType: 'script' });
    expect(text).not.toContain('secret');
    expect(execute(text)).toBe('helped');
  });

  it('guesses language and type from the entry', async () => {
    const { client, requests } = createFake({ SaveKernel: () => ({ versionNumber: 1 }) });
    await push(client, { slug: 'alice/my-job-one', files: { 'a.ipynb': '{"cells": []}' }, entry: 'a.ipynb' });
    await push(client, { slug: 'alice/my-job-one', files: { 'a.R': 'print(1)' }, entry: 'a.R' });
    expect(requests.map(({ body }) => [body.language, body.kernelType])).toEqual([
      ['python', 'notebook'],
      ['r', 'script'],
    ]);
  });
});

describe('a folder with more files than fit into the text', () => {
  it('becomes a private dataset, mounted in exactly that version, before the kernel is pushed', async () => {
    const stored: string[] = [];
    let versions = 0;
    const { client, requests } = createFake({
      GetDataset: () => (versions ? { ref: 'alice/my-job-one-code', currentVersionNumber: versions } : refuse(404)),
      GetDatasetStatus: () => (versions ? { status: 'READY' } : refuse(404)),
      ListDatasetFiles: () => ({ datasetFiles: ['helper.py', 'tools/maths.py', 'train.py'].map((name) => ({ name })) }),
      StartBlobUpload: ({ name }) => ({ token: `token of ${name}`, createUrl: `http://storage.test/put/${name}` }),
      CreateDataset: () => {
        versions = 1;
        return { ref: '/datasets/alice/my-job-one-code', url: 'u', status: 'ok' };
      },
      SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }),
      ...Object.fromEntries(
        ['train.py', 'helper.py', 'maths.py'].map((name) => [
          `PUT /put/${name}`,
          () => {
            stored.push(name);
            return new Response('{}');
          },
        ]),
      ),
    });
    const job = {
      'train.py': 'import helper\n',
      'helper.py': 'print("helped")\n',
      'tools/maths.py': '#'.repeat(300 * 1024),
    };
    await push(client, { slug: 'alice/my-job-one', files: job, entry: 'train.py', datasetDataSources: ['bob/data'] });
    expect(stored.sort()).toEqual(['helper.py', 'maths.py', 'train.py']);
    const create = requests.find(({ method }) => method === 'CreateDataset')!.body;
    expect(create).toMatchObject({ ownerSlug: 'alice', slug: 'my-job-one-code', isPrivate: true });
    expect(create.directories).toMatchObject([{ name: 'tools', files: [{ token: 'token of maths.py' }] }]);
    const { method, body } = requests.at(-1)!;
    expect(method).toBe('SaveKernel');
    expect(body.datasetDataSources).toEqual(['bob/data', 'alice/my-job-one-code/1']);
    expect(body.text).toContain('"/kaggle/input/datasets/alice/my-job-one-code", "/kaggle/input/my-job-one-code"');
    expect(body.text.length).toBeLessThan(5000);
  });

  it('is refused for a kernel that is named only by its id', async () => {
    const { client, requests } = createFake({});
    const request = { id: 5, files: { 'a.py': '', 'b.py': 'x' }, entry: 'a.py', embedLimit: 0 };
    await expect(push(client, request)).rejects.toThrow('slug is missing; the folder is uploaded as a dataset');
    expect(requests).toEqual([]);
  });
});

describe('a folder is refused, before anything is sent,', () => {
  const base = { slug: 'alice/my-job-one' };
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const rows: [string, Partial<PushRequest>, string][] = [
    ['without an entry', { files: { 'a.py': '' } }, 'entry is missing'],
    [
      'with content that is neither text nor bytes',
      { files: { 'a.py': 5 as never }, entry: 'a.py' },
      'files.a.py: expected a string or a Uint8Array, got 5',
    ],
    [
      'with an entry that is not in it',
      { files: { 'a.py': '' }, entry: 'b.py' },
      'entry: no such file in the folder: "b.py"',
    ],
    [
      'with an entry that is not text',
      { files: { 'a.py': new Uint8Array([255]) }, entry: 'a.py' },
      'entry: cannot read "a.py" as UTF-8 text',
    ],
    [
      'with names that lead out',
      { files: { 'a.py': '', '../b.py': '' }, entry: 'a.py' },
      'does not name a file or folder',
    ],
    [
      'with modules in R',
      { files: { 'a.R': '', 'b.R': '' }, entry: 'a.R' },
      'language: expected python for params and additional files, got r',
    ],
    [
      'with a file where params go',
      { files: { 'a.py': '', 'params.json': '' }, entry: 'a.py', params: 1 },
      'params.json',
    ],
    ['with params that are not JSON', { text: '', params: circular as never }, 'params: expected JSON'],
    [
      'with params that are too large',
      { text: '', params: 'x'.repeat(200_000) },
      'params: expected at most 100000 bytes, got 200002',
    ],
    ['twice', { folder: '/a', files: {}, entry: 'a.py' }, 'expected folder or files, got both'],
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

  it('where there is no file system', async () => {
    const { client } = createFake({});
    const bare = { ...client, platform: { name: 'workers', concurrency: 4 } as const };
    await expect(push(bare, { ...base, folder: '/job', entry: 'a.py' })).rejects.toThrow(MissingCapabilityError);
  });
});

describe('names', () => {
  it('of what never travels', () => {
    const ignored = ['.git/config', 'a/.hidden', 'a/__pycache__/x', 'node_modules/x', 'a.pyc', 'a/b.pyo', '.env'];
    expect(ignored.filter((path) => !excludedFromJob(path))).toEqual([]);
    expect(['a.py', 'a/b.json', 'a/git', 'data.csv'].filter(excludedFromJob)).toEqual([]);
  });

  it('of the dataset for the files', () => {
    expect(codeDatasetSlug('my-job-one')).toBe('my-job-one-code');
    expect(codeDatasetSlug(`${'a'.repeat(44)}-bbbbb`)).toBe(`${'a'.repeat(44)}-code`);
  });
});
