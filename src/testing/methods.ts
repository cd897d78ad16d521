import { hello, listEntities } from './accounts.ts';
import type { Handler } from './context.ts';
import * as files from './dataset-files.ts';
import * as datasets from './datasets.ts';
import * as kernels from './kernels/index.ts';
import { expireApiToken, generateAccessToken, introspectToken } from './tokens.ts';
import { startBlobUpload, uploadDatasetFile } from './uploads.ts';

/** A method. `who`: whether a credential is required. */
interface Entry {
  who: 'user' | 'anyone';
  handle: Handler;
}

const user = (handle: Handler): Entry => ({ who: 'user', handle });
const anyone = (handle: Handler): Entry => ({ who: 'anyone', handle });

/** The implemented methods by `service/Method`. */
export const methods: Readonly<Record<string, Entry>> = {
  'api.v1.DiagnosticsService/Hello': anyone(hello),
  'security.OAuthService/IntrospectToken': anyone(introspectToken),
  'users.AccountService/ExpireApiToken': user(expireApiToken),
  'users.AccountService/GenerateAccessToken': anyone(generateAccessToken),
  'search.SearchApiService/ListEntities': anyone(listEntities),
  'blobs.BlobApiService/StartBlobUpload': user(startBlobUpload),
  'datasets.DatasetApiService/CreateDataset': user(datasets.createDataset),
  'datasets.DatasetApiService/CreateDatasetVersion': user(datasets.createDatasetVersion),
  'datasets.DatasetApiService/CreateDatasetVersionById': user(datasets.createDatasetVersionById),
  'datasets.DatasetApiService/DeleteDataset': user(datasets.deleteDataset),
  'datasets.DatasetApiService/DownloadDataset': anyone(files.downloadDataset),
  'datasets.DatasetApiService/DownloadDatasetRaw': anyone(files.downloadDatasetRaw),
  'datasets.DatasetApiService/GetDataset': anyone(datasets.getDataset),
  'datasets.DatasetApiService/GetDatasetFilesSummary': anyone(files.getDatasetFilesSummary),
  'datasets.DatasetApiService/GetDatasetMetadata': anyone(datasets.getDatasetMetadata),
  'datasets.DatasetApiService/GetDatasetStatus': anyone(datasets.getDatasetStatus),
  'datasets.DatasetApiService/ListDatasetFiles': anyone(files.listDatasetFiles),
  'datasets.DatasetApiService/ListDatasets': anyone(datasets.listDatasets),
  'datasets.DatasetApiService/ListTreeDatasetFiles': anyone(files.listTreeDatasetFiles),
  'datasets.DatasetApiService/UpdateDatasetMetadata': user(datasets.updateDatasetMetadata),
  'datasets.DatasetApiService/UploadDatasetFile': user(uploadDatasetFile),
  'kernels.KernelsApiService/CancelKernelSession': user(kernels.cancelKernelSession),
  'kernels.KernelsApiService/CreateKernelSession': user(kernels.createKernelSession),
  'kernels.KernelsApiService/DeleteKernel': user(kernels.deleteKernel),
  'kernels.KernelsApiService/DownloadKernelOutput': anyone(kernels.downloadKernelOutput),
  'kernels.KernelsApiService/DownloadKernelOutputZip': user(kernels.downloadKernelOutputZip),
  'kernels.KernelsApiService/GetAcceleratorQuotaStatistics': user(kernels.getAcceleratorQuotaStatistics),
  'kernels.KernelsApiService/GetKernel': anyone(kernels.getKernel),
  'kernels.KernelsApiService/GetKernelSessionLogsStream': anyone(kernels.getKernelSessionLogsStream),
  'kernels.KernelsApiService/GetKernelSessionStatus': anyone(kernels.getKernelSessionStatus),
  'kernels.KernelsApiService/ListKernelFiles': anyone(kernels.listKernelFiles),
  'kernels.KernelsApiService/ListKernelSessionOutput': anyone(kernels.listKernelSessionOutput),
  'kernels.KernelsApiService/ListKernels': anyone(kernels.listKernels),
  'kernels.KernelsApiService/SaveKernel': user(kernels.saveKernel),
};
