/** What the contract does not say about a method, but the client must know. See `Method` in src/core/rpc/method.ts. */
export interface MethodFlags {
  idempotent: boolean;
  auth: boolean;
  failure: string | undefined;
}

/** What a method does at Kaggle. `starts`: begins something that is harmless as long as nobody uses it. */
export type Effect = 'reads' | 'changes' | 'starts';

const READS = new Set(['Download', 'Export', 'Get', 'Introspect', 'List']);

const CHANGES = new Set(
  [
    ['Add', 'Cancel', 'Complete', 'Create', 'Delete', 'Exchange', 'Expire', 'Generate', 'Launch', 'Publish'],
    ['Register', 'Remove', 'Review', 'Save', 'Schedule', 'Set', 'Track', 'Unregister', 'Update'],
  ].flat(),
);

/** Methods whose first word does not say what they do. */
const NAMED: Record<string, Effect> = {
  'blobs.BlobApiService/StartBlobUpload': 'starts',
  'competitions.CompetitionApiService/StartSubmissionUpload': 'starts',
  'datasets.DatasetApiService/UploadDatasetFile': 'starts',
  'models.ModelApiService/UploadModelFile': 'starts',
  'security.OAuthService/StartOAuthFlow': 'changes',
  // Both publish public keys.
  'models.ModelApiService/Keys': 'reads',
  'models.ModelApiService/WellKnowEndpoint': 'reads',
};

/** What a method does, or `undefined` where only a person can tell: its name has a verb that is in no table. */
export function effectOf(service: string, method: string): Effect | undefined {
  const named = NAMED[`${service}/${method}`];
  if (named) return named;
  const [verb = '', next = ''] = method.replace(/^(Api)?(Batch)?(?=[A-Z])/, '').match(/[A-Z][a-z]*/g) ?? [];
  // GetOrCreate, ListAndDelete: the first word is half of it.
  if (next === 'Or' || next === 'And') return undefined;
  if (READS.has(verb)) return 'reads';
  return CHANGES.has(verb) ? 'changes' : undefined;
}

/** Methods that change something and yet must work without a credential. */
const OPEN = new Set([
  // Registers an agent; the answer has its token.
  'agents.AgentExamService/CreateAgentExamAgent',
  // The OAuth exchange: what it takes is what it is about.
  'security.OAuthService/ExchangeOAuthToken',
  'security.OAuthService/RegisterOAuthClient',
  'security.OAuthService/StartOAuthFlow',
  // The token, or the refresh token, may be in the request.
  'users.AccountService/ExpireApiToken',
  'users.AccountService/GenerateAccessToken',
]);

/** A quota is somebody's: reading it needs a credential. */
const QUOTAS = /Quota/;

/**
 * Answers whose field, when filled, means that the call failed although the HTTP status is 200. Operations and
 * benchmark tasks have an `error` too, but theirs tells how a piece of work went, not how the call went.
 */
const FAILURES: Record<string, string> = {
  'datasets.DatasetApiService/CreateDataset': 'error',
  'datasets.DatasetApiService/CreateDatasetVersion': 'error',
  'datasets.DatasetApiService/CreateDatasetVersionById': 'error',
  'datasets.DatasetApiService/DeleteDataset': 'error',
  'datasets.DatasetApiService/UpdateDatasetMetadata': 'errors',
  'kernels.KernelsApiService/CancelKernelSession': 'errorMessage',
  'kernels.KernelsApiService/DeleteKernel': 'errorMessage',
  'kernels.KernelsApiService/SaveKernel': 'error',
  'models.ModelApiService/CreateModel': 'error',
  'models.ModelApiService/CreateModelInstance': 'error',
  'models.ModelApiService/CreateModelInstanceVersion': 'error',
  'models.ModelApiService/DeleteModel': 'error',
  'models.ModelApiService/DeleteModelInstance': 'error',
  'models.ModelApiService/DeleteModelInstanceVersion': 'error',
  'models.ModelApiService/UpdateModel': 'error',
  'models.ModelApiService/UpdateModelInstance': 'error',
};

/** Every `service/Method` that a table here names: all of them must exist. */
export const namedMethods: readonly string[] = [
  ...new Set([...Object.keys(NAMED), ...OPEN, ...Object.keys(FAILURES)]),
].sort();

/** Throws for a method whose effect only a person can tell: a guess could repeat what must not be done twice. */
export function flagsOf(service: string, method: string): MethodFlags {
  const path = `${service}/${method}`;
  const effect = effectOf(service, method);
  if (!effect) throw new Error(`${path}: unknown verb; say in scripts/contract/flags.ts whether it reads or changes`);
  return {
    idempotent: effect !== 'changes',
    auth: effect === 'reads' ? QUOTAS.test(method) : !OPEN.has(path),
    failure: FAILURES[path],
  };
}

/** Messages that stand for an HTTP answer that is handed to the caller as it is. */
export function isRaw(response: string | null): boolean {
  return response === 'common.FileDownload' || response === 'common.HttpRedirect';
}
