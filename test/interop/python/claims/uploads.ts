import { expect } from 'vitest';
import { readFlow } from '../../flows/recording.ts';
import { ends, setStage } from '../stage.ts';
import { asked, type Claims, cliUpload, headersOf, hubUpload, interrupt, large, MiB, prepareUpload } from './claim.ts';

const last = large.length - 1;
const whole = `bytes 0-${last}/${large.length}`;
const question = `bytes */${large.length}`;
const rest = `bytes ${2 * MiB}-${last}/${large.length}`;
const uploads = { match: { verb: 'PUT' }, bytes: 2 * MiB, on: 'request' } as const;

export const uploading: Claims = {
  'one file of a dataset cannot be uploaded': {
    says: 'no version is created, exit code 1',
    async check(context) {
      const stage = await setStage(context);
      prepareUpload(stage);
      stage.emulator.faults.add({ kind: 'status', status: 500, match: { verb: 'PUT' }, times: 99 });
      await ends(cliUpload(stage), 1);
      await ends(hubUpload(stage), 1);
      expect(asked(stage)).not.toContain('CreateDataset');
    },
  },
  'upload after a lost connection': {
    says: '`kaggle` sends the whole file again; kagglehub sends the rest, but after 5 failures it continues as if the upload had succeeded',
    async check(context) {
      const stage = await setStage(context);
      prepareUpload(stage);
      stage.emulator.faults.add({ kind: 'drop', ...uploads });
      await ends(cliUpload(stage));
      expect(headersOf(stage, 'PUT', 'content-range')).toEqual([undefined, undefined]);
      stage.emulator.state.requests.length = 0;
      stage.emulator.state.datasets.clear();
      stage.emulator.faults.add({ kind: 'drop', ...uploads });
      await ends(hubUpload(stage));
      expect(headersOf(stage, 'PUT', 'content-range')).toEqual([whole, question, rest]);
      // The pauses between its attempts make minutes: as recorded.
      const http = readFlow('kagglehub-upload-drop-always').steps[0]!.http;
      expect(http.filter(({ request }) => request.method === 'PUT').every(({ reply }) => reply.dropped)).toBe(true);
      expect(http.at(-1)!.request.path).toBe('datasets.DatasetApiService/CreateDataset');
    },
  },
  'upload in a later process': {
    says: '`kaggle` resumes from a state file; kagglehub starts over',
    async check(context) {
      const stage = await setStage(context);
      prepareUpload(stage);
      const far = () => [...stage.emulator.state.uploads.values()].at(-1)?.received === 2 * MiB;
      stage.emulator.faults.add({ kind: 'stall', ...uploads });
      await interrupt(stage, cliUpload, far);
      expect(headersOf(stage, 'PUT', 'content-range')).toEqual([question, rest]);
      stage.emulator.state.datasets.clear();
      stage.emulator.faults.add({ kind: 'stall', ...uploads });
      await interrupt(stage, hubUpload, far);
      expect(headersOf(stage, 'PUT', 'content-range')).toEqual([whole]);
    },
  },
};
