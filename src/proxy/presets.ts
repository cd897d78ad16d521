import type { Allow } from './types.ts';

const kernels = 'kernels.KernelsApiService';
const datasets = 'datasets.DatasetApiService';

/**
 * Allows to read: `whoAmI`, and all functions of `kaggle-ts/datasets` and `kaggle-ts/kernels` that change nothing. Everything that
 * the account can read is readable, private datasets and kernels too.
 */
export const readOnly: Allow = /*#__PURE__*/ Object.freeze({
  'security.OAuthService/IntrospectToken': true,
  [`${datasets}/DownloadDataset`]: true,
  [`${datasets}/GetDataset`]: true,
  [`${datasets}/GetDatasetStatus`]: true,
  [`${datasets}/ListDatasetFiles`]: true,
  [`${datasets}/ListDatasets`]: true,
  [`${kernels}/DownloadKernelOutput`]: true,
  [`${kernels}/GetAcceleratorQuotaStatistics`]: true,
  [`${kernels}/GetKernel`]: true,
  [`${kernels}/GetKernelSessionLogsStream`]: true,
  [`${kernels}/GetKernelSessionStatus`]: true,
  [`${kernels}/ListKernelFiles`]: true,
  [`${kernels}/ListKernelSessionOutput`]: true,
  [`${kernels}/ListKernels`]: true,
});

/**
 * Allows what `readOnly` allows, and to run kernels: `run`, `push` and `cancel`, uploads, new datasets and new versions. This
 * permits any code to run on the account. Every function of `kaggle-ts/datasets` and `kaggle-ts/kernels` works, except for `remove`:
 * see `deletions`.
 */
export const runJobs: Allow = /*#__PURE__*/ Object.freeze({
  ...readOnly,
  'blobs.BlobApiService/StartBlobUpload': true,
  [`${datasets}/CreateDataset`]: true,
  [`${datasets}/CreateDatasetVersion`]: true,
  [`${datasets}/UploadDatasetFile`]: true,
  [`${kernels}/CancelKernelSession`]: true,
  [`${kernels}/SaveKernel`]: true,
});

/** Allows to delete datasets and kernels: `{ ...runJobs, ...deletions }` allows all functions. */
export const deletions: Allow = /*#__PURE__*/ Object.freeze({
  [`${datasets}/DeleteDataset`]: true,
  [`${kernels}/DeleteKernel`]: true,
});
