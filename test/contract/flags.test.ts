import { describe, expect, it } from 'vitest';
import { effectOf, flagsOf } from '../../scripts/contract/flags.ts';
import { newMethodLines, openQuestions } from '../../scripts/contract/review.ts';
import { generatedFiles } from '../../scripts/generate/files.ts';
import type { Method } from '../../src/core/rpc/method.ts';
import { contract, methods } from './codec-support.ts';

const named = (pick: (method: Method) => unknown): string[] =>
  [...methods].filter(([, method]) => pick(method)).map(([path]) => path);

/** The contract with one more method, whose response has a field `error`. */
function withMethod(path: string): typeof contract {
  const changed = structuredClone(contract);
  const [service = '', name = ''] = path.split('/');
  changed.messages['kernels.ProbeResponse'] = { fields: [{ name: 'error', type: 'string' }] };
  const method = { request: 'kernels.ApiGetKernelRequest', response: 'kernels.ProbeResponse' };
  changed.services[service] = { ...changed.services[service], [name]: method };
  return changed;
}

describe('flags of the methods', () => {
  it('only methods that read or start an upload are idempotent', () => {
    const reading = /^(Api)?(Get|List|Download|Export|Introspect)|^(Keys|WellKnowEndpoint)$/;
    expect(named((method) => method.idempotent && !reading.test(method.name))).toEqual([
      'blobs.BlobApiService/StartBlobUpload',
      'competitions.CompetitionApiService/StartSubmissionUpload',
      'datasets.DatasetApiService/UploadDatasetFile',
      'models.ModelApiService/UploadModelFile',
    ]);
    expect(named((method) => !method.idempotent && reading.test(method.name))).toEqual([]);
  });

  it('methods that change something need a credential, except for login and registration', () => {
    expect(named((method) => !method.idempotent && !method.auth)).toEqual([
      'agents.AgentExamService/CreateAgentExamAgent',
      'security.OAuthService/ExchangeOAuthToken',
      'security.OAuthService/RegisterOAuthClient',
      'security.OAuthService/StartOAuthFlow',
      'users.AccountService/ExpireApiToken',
      'users.AccountService/GenerateAccessToken',
    ]);
  });

  it('methods that read need none, except for quotas and uploads', () => {
    expect(named((method) => method.idempotent && method.auth)).toEqual([
      'benchmarks.BenchmarkTasksApiService/GetBenchmarkTaskQuota',
      'blobs.BlobApiService/StartBlobUpload',
      'competitions.CompetitionApiService/StartSubmissionUpload',
      'datasets.DatasetApiService/UploadDatasetFile',
      'kernels.KernelsApiService/GetAcceleratorQuotaStatistics',
      'models.ModelApiService/UploadModelFile',
      'models.ModelProxyApiService/GetModelProxyQuotas',
    ]);
  });

  it.each([
    ['ApiCancelBenchmarkTaskRuns', 'changes'],
    ['ApiGetBenchmarkSchedulerStatus', 'reads'],
    ['RegisterAuxiliaryModelVersionConfigs', 'changes'],
    ['UnregisterAuxiliaryModelVersionConfigs', 'changes'],
    ['AddTasksToBenchmark', 'changes'],
    ['RemoveTasksFromBenchmark', 'changes'],
    ['BatchGetThings', 'reads'],
    ['BatchDeleteThings', 'changes'],
    ['GetOrCreateThing', undefined],
    ['ListAndMarkThings', undefined],
    ['Apiary', undefined],
    ['StartSomething', undefined],
    ['UploadSomething', undefined],
    ['ArchiveThing', undefined],
    ['Getter', undefined],
    ['keys', undefined],
  ])('%s: %s', (name, effect) => {
    expect(effectOf('area.SomeService', name)).toBe(effect);
  });

  it('refuses an unknown verb', () => {
    const changed = withMethod('kernels.KernelsApiService/ArchiveKernel');
    expect(() => flagsOf('kernels.KernelsApiService', 'ArchiveKernel')).toThrow('unknown verb');
    expect(openQuestions(changed)).toEqual([expect.stringMatching(/^kernels\.KernelsApiService\/ArchiveKernel: /)]);
    expect(() => generatedFiles(changed)).toThrow('kernels.KernelsApiService/ArchiveKernel');
    expect(openQuestions(contract)).toEqual([]);
  });

  it('refuses a table entry without its method or failure field', () => {
    const changed = structuredClone(contract);
    delete changed.services['models.ModelApiService']?.Keys;
    changed.messages['kernels.ApiSaveKernelResponse'] = { fields: [] };
    expect(openQuestions(changed)).toEqual([
      expect.stringMatching(/^models\.ModelApiService\/Keys: .*no longer in the contract/),
      expect.stringMatching(/^kernels\.KernelsApiService\/SaveKernel: .*no such field/),
    ]);
  });

  it('lists each new method with the flags that follow from its name', () => {
    const tell = (name: string) => newMethodLines(contract, withMethod(`kernels.KernelsApiService/${name}`));
    expect(tell('GetProbe')).toEqual([
      'kernels.KernelsApiService/GetProbe: retried, works without a credential, does not fail if error is set',
    ]);
    expect(tell('ApiDeleteProbe')).toEqual([
      'kernels.KernelsApiService/ApiDeleteProbe: never retried, needs a credential, does not fail if error is set',
    ]);
    expect(tell('ProbeKernel')).toEqual([]);
    expect(newMethodLines(contract, contract)).toEqual([]);
  });

  it('a failure field belongs to the response of a call, not to an operation', () => {
    const failures = Object.fromEntries(
      [...methods].flatMap(([path, { failure }]) => (failure ? [[path, failure]] : [])),
    );
    expect(failures).toMatchObject({
      'kernels.KernelsApiService/SaveKernel': 'error',
      'kernels.KernelsApiService/DeleteKernel': 'errorMessage',
      'datasets.DatasetApiService/UpdateDatasetMetadata': 'errors',
    });
    const work = /\/(Api)?(Get|List)|Benchmark|CreateKernelSession/;
    expect(Object.keys(failures).filter((path) => work.test(path))).toEqual([]);
  });
});
