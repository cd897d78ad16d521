import * as datasets from '../../../../src/services/datasets/index.ts';
import type { Play, Scenario } from '../scene.ts';
import { createBig, rejects } from './helpers.ts';

const gaveUp: Play = (scene) => rejects(createBig(scene), 'TransferError', /big\.bin/);

const hubBig: Play = ({ client }) =>
  datasets.createOrVersion(client, { owner: 'alice', slug: 'hub-data', files: ['up'] });

/** The recorded process was killed; ours is told to stop. */
const killed: Play = ({ client }) =>
  rejects(
    datasets.createOrVersion(
      client,
      { owner: 'alice', slug: 'my-data-set', title: 'My Data Set', licenseName: 'CC0-1.0', files: ['big.bin'] },
      { signal: AbortSignal.timeout(500) },
    ),
    'TimeoutError',
  );

export const scenarios: Record<string, Scenario> = {
  'upload-429': [createBig],
  'upload-500': [createBig],
  'upload-503-always': [gaveUp],
  'upload-503-nothing-stored': [createBig],
  'upload-503-resume': [createBig],
  'upload-503-retry-after': [createBig],
  'upload-create-failed-then-rerun': [createBig, createBig],
  'upload-drop-always': [gaveUp],
  'upload-killed-then-rerun': [killed, createBig],
  'upload-resume-empty-range': [createBig],
  'kagglehub-upload-308': [hubBig],
  'kagglehub-upload-308-no-progress': [(scene) => rejects(hubBig(scene) as Promise<unknown>, 'TransferError')],
  'kagglehub-upload-503': [hubBig],
  'kagglehub-upload-drop': [hubBig],
  'kagglehub-upload-drop-always': [(scene) => rejects(hubBig(scene) as Promise<unknown>, 'TransferError')],
};
