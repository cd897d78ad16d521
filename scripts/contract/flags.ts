/** Facts about a method that the contract lacks. See `Method` in src/core/rpc/method.ts. */
export interface MethodFlags {
  idempotent: boolean;
  auth: boolean;
  failure: string | undefined;
}

/** What a method does on the server. `starts`: creates something that has no effect until it is used. */
export type Effect = 'reads' | 'changes' | 'starts';

const READS = new Set(['Download', 'Export', 'Get', 'Introspect', 'List']);

const CHANGES = new Set(
  [
    ['Add', 'Cancel', 'Complete', 'Create', 'Delete', 'Exchange', 'Expire', 'Generate', 'Launch', 'Publish'],
    ['Register', 'Remove', 'Review', 'Save', 'Schedule', 'Set', 'Track', 'Unregister', 'Update'],
  ].flat(),
);

/** Methods whose first word is misleading. */
const NAMED: Record<string, Effect> = {
  'blobs.BlobApiService/StartBlobUpload': 'starts',
  'competitions.CompetitionApiService/StartSubmissionUpload': 'starts',
  'datasets.DatasetApiService/UploadDatasetFile': 'starts',
  'models.ModelApiService/UploadModelFile': 'starts',
  'security.OAuthService/StartOAuthFlow': 'changes',
  // Both return public keys.
  'models.ModelApiService/Keys': 'reads',
  'models.ModelApiService/WellKnowEndpoint': 'reads',
};

/** The effect that follows from a method's name; `undefined` if its verb is in no table. */
export function effectOf(service: string, method: string): Effect | undefined {
  const named = NAMED[`${service}/${method}`];
  if (named) return named;
  const [verb = '', next = ''] = method.replace(/^(Api)?(Batch)?(?=[A-Z])/, '').match(/[A-Z][a-z]*/g) ?? [];
  // GetOrCreate, ListAndDelete: the first word is only half of the effect.
  if (next === 'Or' || next === 'And') return undefined;
  if (READS.has(verb)) return 'reads';
  return CHANGES.has(verb) ? 'changes' : undefined;
}

/** Methods that change something but work without a credential. */
const OPEN = new Set([
  // Registers an agent; the response contains its token.
  'agents.AgentExamService/CreateAgentExamAgent',
  // The OAuth exchange: the request contains the secret.
  'security.OAuthService/ExchangeOAuthToken',
  'security.OAuthService/RegisterOAuthClient',
  'security.OAuthService/StartOAuthFlow',
  // The request may contain the token or the refresh token.
  'users.AccountService/ExpireApiToken',
  'users.AccountService/GenerateAccessToken',
]);

/** A quota belongs to an account: reading it needs a credential. */
const QUOTAS = /Quota/;

/**
 * Response fields that, when set, mean that the call failed although the HTTP status is 200. The `error` of operations and
 * benchmark tasks is not listed: it describes the outcome of the work, not of the call.
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

/** Every `service/Method` in the tables above. All must exist. */
export const namedMethods: readonly string[] = [
  ...new Set([...Object.keys(NAMED), ...OPEN, ...Object.keys(FAILURES)]),
].sort();

/** Throws for a method of unknown effect: a wrong guess could repeat a call that must not run twice. */
export function flagsOf(service: string, method: string): MethodFlags {
  const path = `${service}/${method}`;
  const effect = effectOf(service, method);
  if (!effect) throw new Error(`${path}: unknown verb; add it to READS or CHANGES in scripts/contract/flags.ts`);
  return {
    idempotent: effect !== 'changes',
    auth: effect === 'reads' ? QUOTAS.test(method) : !OPEN.has(path),
    failure: FAILURES[path],
  };
}

/** Whether a response type stands for a file: the caller gets the HTTP response as is. */
export function isRaw(response: string | null): boolean {
  return response === 'common.FileDownload' || response === 'common.HttpRedirect';
}
