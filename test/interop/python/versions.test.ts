import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { skip } from '../../skip.ts';
import { ends, filesIn, kernelMetadata, setStage, until } from './stage.ts';

test('the kaggle command reads older versions of a kernel: status, log, output, source', {
  timeout: 240_000,
}, async (context) => {
  if (!process.env.KAGGLE_TS_CLAIMS)
    skip(context, 'two runs and many calls of the kaggle command take long: npm run interop');
  const stage = await setStage(context);
  const { folder, kaggle, write, emulator } = stage;
  for (const version of ['one', 'two']) {
    write({
      'job/main.py': `print('this is ${version}')\nopen('${version}.txt', 'w').write('${version}')\n`,
      'job/kernel-metadata.json': kernelMetadata('old-job', 'Old Job'),
    });
    await ends(kaggle('kernels', 'push', '-p', 'job'));
    await until(stage, ['kernels', 'logs', 'alice/old-job'], new RegExp(`this is ${version}`));
    await until(stage, ['kernels', 'status', 'alice/old-job'], /COMPLETE/);
  }
  emulator.state.requests.length = 0;
  expect(await ends(kaggle('kernels', 'status', 'alice/old-job/1'))).toContain('COMPLETE');
  expect(emulator.state.requests.at(-1)).toMatchObject({ body: { kernelSlug: 'old-job', versionLabel: 'v1' } });
  expect(await ends(kaggle('kernels', 'logs', 'alice/old-job/1'))).toContain('this is one');
  expect(await ends(kaggle('kernels', 'logs', 'alice/old-job/1', '--follow'))).toContain('this is one');
  await ends(kaggle('kernels', 'output', 'alice/old-job/1', '-p', 'out'));
  expect(filesIn(join(folder, 'out'))).toEqual(['old-job.log', 'one.txt']);
  await ends(kaggle('kernels', 'pull', 'alice/old-job/1', '-p', 'source'));
  expect(readFileSync(join(folder, 'source/old-job.py'), 'utf8')).toContain('this is one');
  await ends(kaggle('kernels', 'status', 'alice/old-job/9'), 1);
});
