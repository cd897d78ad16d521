import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createEmulator, pyodideExecutor } from '../../src/testing/index.ts';
import { zipOf } from '../../src/testing/zip.ts';
import { ended, push } from './support.ts';

const folder = await mkdtemp(join(tmpdir(), 'wheels-'));
const encode = (text: string) => new TextEncoder().encode(text);
const wheel = (name: string, files: Record<string, string>) =>
  writeFile(
    join(folder, name),
    zipOf(
      Object.entries(files).map(([path, text]) => ({ name: path, data: encode(text), created: 0 })),
      name,
      0,
    ).data,
  );
// The first needs the second, which pyodide's own distribution has: under that name it is loaded only where it is needed.
await wheel('house_made-1.0-py3-none-any.whl', {
  'house_made/__init__.py': 'import six\nvalue = six.value + 1',
  'house_made/data.txt': 'beside the code',
  'house_made-1.0.dist-info/METADATA':
    'Metadata-Version: 2.1\nName: house-made\nVersion: 1.0\nRequires-Dist: six (>=1)\n\nText',
});
await wheel('six-1.17.0-py2.py3-none-any.whl', {
  'six.py': 'value = 41',
  'six-1.17.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: six\nVersion: 1.17.0\n',
  'six-1.17.0.dist-info/RECORD': '',
  'six-1.17.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
});

const executor = pyodideExecutor({ packages: folder });
const emulator = createEmulator({ executor });
afterAll(async () => {
  await executor.close?.();
  await rm(folder, { recursive: true, force: true });
});

test('wheels of a folder can be imported, also in notebooks, with their requirements and data files', async () => {
  const cells = [
    {
      cell_type: 'code',
      source:
        'import house_made, os\nprint(house_made.value)\nprint(open(os.path.dirname(house_made.__file__) + "/data.txt").read())',
    },
  ];
  await push(emulator, JSON.stringify({ cells }), { kernelType: 'notebook' });
  expect(await ended(emulator)).toMatchObject({ status: 'COMPLETE', stdout: '42\nbeside the code\n', stderr: '' });
});

test('a package that is not in the folder is missing, and nothing is downloaded', async () => {
  await push(emulator, 'import numpy', { slug: 'alice/second-kernel', newTitle: 'Second kernel' });
  expect(await ended(emulator, 'second-kernel')).toMatchObject({
    status: 'ERROR',
    failureMessage: "missing package 'numpy'",
  });
});
