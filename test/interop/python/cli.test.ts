import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { binary, datasetMetadata, ends, filesIn, kernelMetadata, setStage, until } from './stage.ts';

const bytes = binary(300_000);

test('the kaggle command creates a dataset, runs a kernel on it, follows the log, and downloads output and dataset', {
  timeout: 120_000,
}, async (context) => {
  const stage = await setStage(context);
  const { folder, kaggle, write } = stage;
  write({
    'data/a.csv': 'x,y\n1,2\n3,4\n',
    'data/b.bin': bytes,
    'data/sub/deep.csv': 'é\n',
    'data/dataset-metadata.json': datasetMetadata('cli-data'),
  });
  await ends(kaggle('datasets', 'create', '-p', 'data', '--dir-mode', 'zip'));
  await until(stage, ['datasets', 'status', 'alice/cli-data'], /^ready/);

  write({ 'data/c.txt': 'new\n' });
  await ends(kaggle('datasets', 'version', '-p', 'data', '-m', 'with another file', '--dir-mode', 'zip'));
  await until(stage, ['datasets', 'files', 'alice/cli-data'], /c\.txt/);
  expect(await ends(kaggle('datasets', 'list', '--mine'))).toContain('alice/cli-data');

  write({
    'job/main.py': [
      'import csv, glob, shutil, time',
      "rows = list(csv.DictReader(open(glob.glob('/kaggle/input/**/a.csv', recursive=True)[0])))",
      "print('rows', len(rows), flush=True)",
      'time.sleep(0.5)',
      "print('sum é', sum(int(row['y']) for row in rows), flush=True)",
      "shutil.copy(glob.glob('/kaggle/input/**/b.bin', recursive=True)[0], 'copy.bin')",
    ].join('\n'),
    'job/kernel-metadata.json': kernelMetadata('cli-job', 'Cli Job', ['alice/cli-data']),
  });
  await ends(kaggle('kernels', 'push', '-p', 'job'));
  await until(stage, ['kernels', 'status', 'alice/cli-job'], /RUNNING|COMPLETE/);
  const log = await ends(kaggle('kernels', 'logs', 'alice/cli-job', '--follow'));
  expect(log).toContain('rows 2');
  expect(log).toContain('sum é 6');
  await until(stage, ['kernels', 'status', 'alice/cli-job'], /COMPLETE/);
  await ends(kaggle('kernels', 'output', 'alice/cli-job', '-p', 'out'));
  expect(filesIn(join(folder, 'out'))).toEqual(['cli-job.log', 'copy.bin']);
  expect(readFileSync(join(folder, 'out/copy.bin'))).toEqual(Buffer.from(bytes));
  await ends(kaggle('kernels', 'pull', 'alice/cli-job', '-p', 'source', '-m'));
  expect(filesIn(join(folder, 'source'))).toEqual(['cli-job.py', 'kernel-metadata.json']);
  expect(await ends(kaggle('kernels', 'list', '--mine'))).toContain('alice/cli-job');
  expect(await ends(kaggle('quota'))).toContain('GPU');

  await ends(kaggle('datasets', 'download', 'alice/cli-data', '-p', 'back', '--unzip'));
  expect(filesIn(join(folder, 'back'))).toEqual(['a.csv', 'b.bin', 'c.txt', 'sub', 'sub/deep.csv']);
  expect(readFileSync(join(folder, 'back/b.bin'))).toEqual(Buffer.from(bytes));
  await ends(kaggle('datasets', 'download', 'alice/cli-data', '-f', 'sub/deep.csv', '-p', 'one'));
  expect(filesIn(join(folder, 'one'))).toEqual(['sub', 'sub/deep.csv']);
  await ends(kaggle('kernels', 'delete', 'alice/cli-job', '-y'));
  await ends(kaggle('kernels', 'status', 'alice/cli-job'), 1);
});
