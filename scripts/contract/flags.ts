/** What the contract does not say about a method, but the client must know. See `Method` in src/core/method.ts. */
export interface MethodFlags {
  idempotent: boolean;
  auth: boolean;
  failure: string | undefined;
}

/** Reading verbs. `Keys` and `WellKnowEndpoint` publish public keys. */
const READS = /^(Get|List|Download|Export)|^(IntrospectToken|Keys|WellKnowEndpoint)$/;

/** An upload session that nobody uses is harmless, so starting one twice is, too. */
const UPLOAD_STARTS = /^(StartBlobUpload|StartSubmissionUpload|UploadDatasetFile|UploadModelFile)$/;

const CHANGES = /^(Add|Batch|Cancel|Create|Delete|Launch|Publish|Review|Save|SetIamPolicy|Update)/;

/** A quota is somebody's. */
const QUOTAS = /Quota/;

/**
 * Services that must work before there is a credential: the OAuth exchange, and the agent exam, where
 * CreateAgentExamAgent registers an agent and answers with its token.
 */
const OPEN_SERVICES = /^(security\.OAuthService|agents\.AgentExamService)$/;

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

/** Every `service/Method` that has an entry in the table of failures; the generator checks that all of them exist. */
export const failureMethods: readonly string[] = Object.keys(FAILURES);

export function flagsOf(service: string, method: string): MethodFlags {
  return {
    idempotent: READS.test(method) || UPLOAD_STARTS.test(method),
    auth: !OPEN_SERVICES.test(service) && (CHANGES.test(method) || UPLOAD_STARTS.test(method) || QUOTAS.test(method)),
    failure: FAILURES[`${service}/${method}`],
  };
}

/** Messages that stand for an HTTP answer that is handed to the caller as it is. */
export function isRaw(response: string | null): boolean {
  return response === 'common.FileDownload' || response === 'common.HttpRedirect';
}
