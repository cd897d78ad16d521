import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { scriptedExecutor } from '../../../../src/testing/index.ts';
import { ends, filesIn, setStage } from '../stage.ts';
import { asked, type Claims, pushJob, runJob } from './claim.ts';

export const running: Claims = {
  'output names such as `../x`': {
    says: '`kaggle` stops at this file',
    async check(context) {
      const stage = await setStage(context);
      await runJob(stage, "open('good.txt', 'w').write('good')");
      const files = [{ fileName: '../../x', url: 'http://127.0.0.1:9/x' }];
      stage.emulator.faults.add({
        kind: 'status',
        status: 200,
        match: { method: 'ListKernelSessionOutput' },
        body: { files, log: '[]' },
      });
      const { code, stderr } = await stage.kaggle('kernels', 'output', 'alice/the-job', '-p', 'out/deep');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('../../x') });
      expect(filesIn(stage.folder)).not.toContain('x');
    },
  },
  'output files': {
    says: 'one at a time; kagglehub as one archive',
    async check(context) {
      const stage = await setStage(context);
      await runJob(stage, "for name in ('a', 'b', 'c'): open(name, 'w').write(name)");
      stage.emulator.faults.add({ kind: 'slow', seconds: 0.5, match: { verb: 'GET' }, times: 3 });
      const started = Date.now();
      await ends(stage.kaggle('kernels', 'output', 'alice/the-job', '-p', 'out'));
      expect(Date.now() - started).toBeGreaterThan(1500);
      expect(asked(stage).filter((what) => what === 'GET')).toHaveLength(3);
      stage.emulator.state.requests.length = 0;
      await ends(stage.python('import kagglehub; kagglehub.notebook_output_download("alice/the-job")'));
      expect(asked(stage).filter((what) => /^(GET|DownloadKernelOutput)$/.test(what))).toEqual([
        'DownloadKernelOutput',
        'GET',
      ]);
    },
  },
  'waiting for a dataset or a kernel': {
    says: 'no',
    async check(context) {
      const { kaggle } = await setStage(context);
      for (const command of [
        'datasets create',
        'datasets version',
        'datasets status',
        'kernels push',
        'kernels status',
      ]) {
        expect(await ends(kaggle(...command.split(' '), '-h'))).not.toMatch(/wait/i);
      }
    },
  },
  'live log': {
    says: '`kaggle kernels logs --follow`; garbled if the Content-Type has no charset',
    async check(context) {
      for (const charset of [true, false]) {
        // The log of a run that has ended is JSON: this one goes on until somebody reads its log.
        const executor = scriptedExecutor(async ({ onOutput }) => {
          onOutput('stdout', 'é ☃\n');
          const paths = () => stage.emulator.state.requests.map(({ path }) => path).join();
          await expect.poll(paths, { timeout: 60_000 }).toContain('/logs/stream/');
        });
        const stage = await setStage(context, { charset, executor });
        await pushJob(stage, '');
        const log = await ends(stage.kaggle('kernels', 'logs', 'alice/the-job', '--follow'));
        expect(log.includes('é ☃')).toBe(charset);
      }
    },
  },
  '`kernel-metadata.json`, `dataset-metadata.json`': {
    says: 'yes',
    async check(context) {
      const stage = await setStage(context);
      await ends(stage.kaggle('kernels', 'init', '-p', '.'));
      await ends(stage.kaggle('datasets', 'init', '-p', '.'));
      expect(readFileSync(join(stage.folder, 'kernel-metadata.json'), 'utf8')).toContain('code_file');
      expect(filesIn(stage.folder)).toContain('dataset-metadata.json');
    },
  },
};
