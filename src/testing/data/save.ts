import { builtin } from '../../platform/common/node-modules.ts';
import type { IdPosition } from '../ids.ts';
import type { StoredFile } from '../stored-file.ts';
import type { Dataset, DatasetVersion, EmulatorState, Kernel, KernelVersion, LogLine, Upload } from '../types.ts';
import type { Blobs } from './blobs.ts';
import { makeFolder, mode, onDisk, writeText } from './disk.ts';
import { type Folder, format } from './folder.ts';
import type {
  DatasetRecord,
  DatasetVersionRecord,
  FileRecord,
  KernelRecord,
  KernelVersionRecord,
  RestRecord,
  UploadRecord,
} from './records.ts';

const join = (...parts: string[]): string => builtin('node:path').join(...parts);

export const datasetFolder = (folder: Folder, { id }: Pick<Dataset, 'id'>): string => join(folder.datasets, String(id));
export const kernelFolder = (folder: Folder, { id }: Pick<Kernel, 'id'>): string => join(folder.kernels, String(id));
export const logPath = (folder: Folder, kernel: Kernel, { number }: KernelVersion): string =>
  join(kernelFolder(folder, kernel), `v${number}.log`);

/** Stores the bytes of a file, and returns its record. */
function fileRecord(blobs: Blobs, file: StoredFile): FileRecord {
  const { id, size, sums } = blobs.keep(file);
  return { name: file.name, created: file.created, id, size, ...(sums && { sums }) };
}

export function restText(state: EmulatorState, ids: IdPosition): string {
  const record: RestRecord = {
    format,
    began: state.began,
    ids,
    users: state.users,
    tokens: [...state.tokens].map(([token, rest]) => ({ token, ...rest })),
    revoked: [...state.revoked],
    deletedDatasets: [...state.deletedDatasets],
    filled: [...state.addedFixtures],
    storagePort: state.storagePort,
  };
  return JSON.stringify(record);
}

export function saveDatasetVersion(
  folder: Folder,
  blobs: Blobs,
  dataset: Dataset,
  { number, notes, created, readyAt, files }: DatasetVersion,
): void {
  const record: DatasetVersionRecord = {
    number,
    notes,
    created,
    readyAt,
    files: files.map((file) => fileRecord(blobs, file)),
  };
  writeText(join(datasetFolder(folder, dataset), `v${number}.json`), JSON.stringify(record));
}

/** Call it after saving the versions: it lists those that are valid. */
export function saveDataset(folder: Folder, dataset: Dataset): void {
  const record: DatasetRecord = { ...dataset, versions: dataset.versions.map(({ number }) => number) };
  writeText(join(datasetFolder(folder, dataset), 'dataset.json'), JSON.stringify(record));
}

export function saveKernelVersion(folder: Folder, blobs: Blobs, kernel: Kernel, version: KernelVersion): void {
  const { number, sessionId, request, created, runs, held, startedAt, endedAt, status, failureMessage, shape } =
    version;
  const record: KernelVersionRecord = {
    ...{ number, sessionId, request, created, runs, held, startedAt, endedAt, status, failureMessage, shape },
    datasets: version.datasets,
    files: version.files.map((file) => fileRecord(blobs, file)),
  };
  writeText(join(kernelFolder(folder, kernel), `v${number}.json`), JSON.stringify(record));
}

/** Call it after saving the versions. */
export function saveKernel(folder: Folder, kernel: Kernel): void {
  const record: KernelRecord = { ...kernel, versions: kernel.versions.map(({ number }) => number) };
  writeText(join(kernelFolder(folder, kernel), 'kernel.json'), JSON.stringify(record));
}

export const logText = (lines: readonly LogLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

export function appendLog(path: string, lines: readonly LogLine[]): void {
  if (lines.length > 0) onDisk('write', path, (fs) => fs.appendFileSync(path, logText(lines), { mode }));
}

export function saveUpload(folder: Folder, upload: Upload): void {
  const { id, token, owner, type, name, size, used, expired, bytes } = upload;
  const done = upload.done ? { length: bytes.length, sums: bytes.sums() } : undefined;
  const record: UploadRecord = { id, token, owner, type, name, size, used, expired, done };
  writeText(join(folder.uploads, `${id}.json`), JSON.stringify(record));
}

export function makeFolders(folder: Folder): void {
  for (const path of [folder.datasets, folder.kernels, folder.uploads, folder.blobs]) makeFolder(path);
}
