import { expect } from 'vitest';
import { ends, setStage } from '../stage.ts';
import { type Claims, pushJob } from './claim.ts';
import { downloading } from './downloads.ts';
import { running } from './kernels.ts';
import { uploading } from './uploads.ts';
import { values } from './values.ts';

/** What docs/comparison.md says about the official clients, by the first cell of the row. */
export const claims: Claims = {
  ...values,
  ...uploading,
  ...downloading,
  ...running,
  runtimes: { says: 'Python' },
  // The contract is read from them: test/contract/contract-update.test.ts.
  'API methods': { says: 'all, typed' },
  // What they do not have cannot be run.
  'folders of modules, parameters': { says: 'no' },
  'one run for each of many inputs': { says: 'no' },
  'a push that is repeated after a crash': {
    says: 'a second run',
    async check(context) {
      const stage = await setStage(context);
      await pushJob(stage, 'print(1)');
      await pushJob(stage, 'print(1)');
      expect(stage.emulator.state.kernels.get('alice/the-job')!.versions).toHaveLength(2);
    },
  },
  'Python functions called from a program': { says: 'no' },
  'web pages without a token in them': { says: 'no' },
  'tests without an account': { says: 'no' },
  'parts of remote files and archives': { says: 'no' },
  'browser login (OAuth)': {
    says: 'yes',
    async check(context) {
      const { kaggle } = await setStage(context);
      expect(await ends(kaggle('auth', 'login', '-h'))).toContain('browser');
    },
  },
  'competitions, models': {
    says: 'commands and functions',
    async check(context) {
      const { kaggle, python } = await setStage(context);
      await ends(kaggle('competitions', 'submit', '-h'));
      await ends(kaggle('models', 'create', '-h'));
      await ends(
        python('import kagglehub; kagglehub.competition_download, kagglehub.model_download, kagglehub.model_upload'),
      );
    },
  },
};
