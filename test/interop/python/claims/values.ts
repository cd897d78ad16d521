import { expect } from 'vitest';
import { answer, datasetMetadata, ends, kernelMetadata, setStage } from '../stage.ts';
import type { Claims } from './claim.ts';

/** What is sent and read. */
export const values: Claims = {
  'unknown enum value in a response': {
    says: 'the whole response cannot be read',
    async check(context) {
      const { python } = await setStage(context);
      const text = `
from kagglesdk.kernels.types.kernels_api_service import ApiGetKernelSessionStatusResponse as Answer
print(Answer.from_json('{"status": "RUNNING", "failureMessage": "x"}').failure_message)
Answer.from_json('{"status": "PAUSED", "failureMessage": "x"}')`;
      const { code, stdout, stderr } = await python(text);
      expect({ code, stdout }).toEqual({ code: 1, stdout: 'x\n' });
      expect(stderr).toContain('KeyError');
    },
  },
  'durations over a day or with fractions': {
    says: 'sent incorrectly',
    async check(context) {
      const { python } = await setStage(context);
      const text = `
import json
from datetime import timedelta
from kagglesdk.common.types.http_redirect import HttpRedirect
def sent(**length):
    message = HttpRedirect()
    message.expiry = timedelta(**length)
    return message.to_dict()["expiry"]
print(json.dumps([sent(days=2, seconds=3), sent(milliseconds=1500), sent(seconds=5)]))`;
      expect(await answer(python(text))).toEqual(['3s', '1.500.0s', '5s']);
    },
  },
  'integers beyond 2^53-1': {
    says: 'exact',
    async check(context) {
      const { python } = await setStage(context);
      const text = `
from kagglesdk.kernels.types.kernels_api_service import ApiSaveKernelRequest as Request
message = Request()
message.id = 2**53 + 1
print(message.to_json(), Request.from_json(message.to_json()).id)`;
      expect(await ends(python(text))).toBe('{"id": 9007199254740993} 9007199254740993\n');
    },
  },
  retries: {
    says: 'some calls, Retry-After without a limit; kagglehub never',
    async check(context) {
      const { python, emulator, write, kaggle } = await setStage(context);
      const limited = { kind: 'rateLimit', match: { method: 'StartBlobUpload' } } as const;
      const calls = () => emulator.state.requests.splice(0).filter(({ rpc }) => rpc === 'StartBlobUpload').length;
      write({
        'data/a.txt': 'a',
        'data/dataset-metadata.json': datasetMetadata('retried'),
      });
      emulator.faults.add({ ...limited });
      await ends(kaggle('datasets', 'create', '-p', 'data'));
      expect(calls()).toBe(2);
      emulator.faults.add({ ...limited });
      await ends(python('import kagglehub; kagglehub.dataset_upload("alice/another-one", "data/a.txt")'), 1);
      expect(calls()).toBe(1);
      emulator.faults.add({ kind: 'status', status: 503, match: { method: 'ListDatasets' } });
      await ends(kaggle('datasets', 'list'), 1);
      const text = `
from requests import Response
from kaggle.api.kaggle_api_extended import KaggleApi
response = Response()
response.headers["Retry-After"] = "1000000000"
print(KaggleApi._get_retry_after_delay(response))`;
      expect(await ends(python(text))).toBe('1000000000.0\n');
    },
  },
  'errors inside a 200 response': {
    says: '`kaggle` prints them, exit code 0; kagglehub raises some',
    async check(context) {
      const { python, emulator, write, kaggle } = await setStage(context);
      const refuse = (method: string) =>
        emulator.faults.add({
          kind: 'status',
          status: 200,
          match: { method },
          body: { status: 'error', error: 'not today' },
        });
      write({
        'data/a.txt': 'a',
        'data/dataset-metadata.json': datasetMetadata('refused'),
        'job/main.py': 'print(1)',
        'job/kernel-metadata.json': kernelMetadata('refused-job', 'Refused Job'),
      });
      refuse('SaveKernel');
      expect(await ends(kaggle('kernels', 'push', '-p', 'job'))).toContain('not today');
      refuse('CreateDataset');
      expect(await ends(kaggle('datasets', 'create', '-p', 'data'))).toContain('not today');
      refuse('CreateDataset');
      const { code, stderr } = await python('import kagglehub; kagglehub.dataset_upload("alice/refused", "data")');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('not today') });
    },
  },
};
