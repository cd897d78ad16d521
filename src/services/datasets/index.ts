/** Uploads, downloads, lists and deletes datasets. Every function except `fromMetadata` takes the client first. */
export type { ArchiveLimits } from '../../core/archive/limits.ts';
export { type UntarOptions, untar } from '../../core/archive/tar/untar.ts';
export type { UnpackedFile } from '../../core/archive/types.ts';
export type { ArchiveEntry, EntryChoice, ExtractOptions, RemoteZip } from '../../core/archive/zip/remote-zip.ts';
export { type RemoteZipOptions, remoteZip } from '../../core/archive/zip/remote-zip.ts';
export type { FileAtPath, FileData, FileInput, NamedFile } from '../../core/transfer/inputs.ts';
export type { OpenRemoteOptions, RemoteFile } from '../../core/transfer/remote/remote.ts';
export type { ArchiveChoice, VersionOptions } from '../versions/index.ts';
export { create, createOrVersion, createVersion } from './create-or-version.ts';
export { download } from './download/download.ts';
export { type OpenArchiveOptions, openArchive, openRemote, type RemoteRef } from './download/open-remote.ts';
export type { DownloadDatasetOptions, DownloadedFile, DownloadTarget, FileChoice } from './download/options.ts';
export type { ApiDataset, ApiDatasetFile, ApiListDatasetsRequest } from './generated/types.ts';
export { get } from './get.ts';
export { type DatasetFilter, type ListDatasetsOptions, list } from './list.ts';
export { type ListFilesOptions, listFiles } from './list-files.ts';
export { type DatasetMetadata, fromMetadata, type MetadataColumn, type MetadataResource } from './metadata.ts';
export type { DatasetHandle, DatasetRef } from './ref.ts';
export { remove } from './remove.ts';
export type {
  DatasetColumn,
  DatasetContent,
  DatasetFile,
  DatasetFileDetails,
  DatasetOptions,
  DatasetVersion,
  NewDataset,
  NewVersion,
  WaitOptions,
  WantedDataset,
} from './types.ts';
export { uploadDatasetFile } from './upload-dataset-file.ts';
export { type UploadedFile, type UploadFileOptions, type UploadFileRequest, uploadFile } from './upload-file.ts';
export { status, waitUntilReady } from './wait-until-ready.ts';
