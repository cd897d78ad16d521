import * as v from 'valibot';
import type { IdPosition } from '../ids.ts';
import type { Checksums } from '../stored-file.ts';
import type { Dataset, DatasetVersion, EmulatorUser, Kernel, KernelVersion, LogLine, Upload } from '../types.ts';
import { format } from './folder.ts';

type Schema<T> = v.GenericSchema<unknown, T>;

/** A file: its bytes are the blob `id`. */
export interface FileRecord {
  name: string;
  created: number;
  id: string;
  size: number;
  sums?: Checksums | undefined;
}

/** `emulator.json`. */
export interface RestRecord {
  format: number;
  began: number;
  ids: IdPosition;
  users: EmulatorUser[];
  tokens: { token: string; username: string; refreshToken: string; expires: number }[];
  revoked: string[];
  deletedDatasets: string[];
  filled: string[];
  storagePort?: number | undefined;
}

/** `dataset.json`: `versions` lists the valid version numbers. */
export type DatasetRecord = Omit<Dataset, 'versions'> & { versions: number[] };
export type DatasetVersionRecord = Omit<DatasetVersion, 'files'> & { files: FileRecord[] };
/** `kernel.json`. */
export type KernelRecord = Omit<Kernel, 'versions'> & { versions: number[] };
/** `v<N>.json` of a kernel. The source text is in the request. */
export type KernelVersionRecord = Omit<KernelVersion, 'text' | 'log' | 'files' | 'abort' | 'listeners'> & {
  files: FileRecord[];
};

/** `done` has length and checksums of a finished upload: its bytes may have been deleted with their dataset. */
export type UploadRecord = Pick<Upload, 'id' | 'token' | 'owner' | 'type' | 'name' | 'used'> & {
  size?: number | undefined;
  expired?: number | undefined;
  done?: { length: number; sums: Checksums } | undefined;
};

const sums = v.object({ crc32c: v.string(), md5: v.string() });
const names = v.array(v.string());
const fields = v.record(v.string(), v.unknown());

const file = v.object({
  name: v.string(),
  created: v.number(),
  id: v.string(),
  size: v.number(),
  sums: v.optional(sums),
});

const user = v.object({
  username: v.string(),
  userId: v.number(),
  token: v.string(),
  key: v.optional(v.string()),
  refreshToken: v.optional(v.string()),
  phoneVerified: v.optional(v.boolean()),
  cpuSessions: v.optional(v.number()),
  gpuSessions: v.optional(v.number()),
  gpuSecondsLeft: v.optional(v.number()),
  tpuSecondsLeft: v.optional(v.number()),
});

const token = v.object({ token: v.string(), username: v.string(), refreshToken: v.string(), expires: v.number() });

export const restRecord: Schema<RestRecord> = v.object({
  format: v.literal(format),
  began: v.number(),
  ids: v.object({ lastId: v.number(), random: v.number() }),
  users: v.array(user),
  tokens: v.array(token),
  revoked: names,
  deletedDatasets: names,
  filled: names,
  storagePort: v.optional(v.number()),
});

export const datasetRecord: Schema<DatasetRecord> = v.object({
  id: v.number(),
  owner: v.string(),
  slug: v.string(),
  title: v.string(),
  subtitle: v.string(),
  description: v.string(),
  licenseName: v.string(),
  isPrivate: v.boolean(),
  keywords: names,
  versions: v.array(v.number()),
});

export const datasetVersionRecord: Schema<DatasetVersionRecord> = v.object({
  number: v.number(),
  notes: v.string(),
  created: v.number(),
  readyAt: v.number(),
  files: v.array(file),
});

export const kernelRecord: Schema<KernelRecord> = v.object({
  id: v.number(),
  owner: v.string(),
  slug: v.string(),
  title: v.string(),
  isPrivate: v.boolean(),
  versions: v.array(v.number()),
});

const status = v.picklist(['QUEUED', 'RUNNING', 'COMPLETE', 'ERROR', 'CANCEL_REQUESTED', 'CANCEL_ACKNOWLEDGED']);

export const kernelVersionRecord: Schema<KernelVersionRecord> = v.object({
  number: v.number(),
  sessionId: v.number(),
  request: fields,
  created: v.number(),
  runs: v.boolean(),
  held: v.optional(v.boolean()),
  startedAt: v.optional(v.number()),
  endedAt: v.optional(v.number()),
  status,
  failureMessage: v.optional(v.string()),
  shape: v.string(),
  datasets: v.array(v.object({ source: v.string(), number: v.number() })),
  files: v.array(file),
});

export const logRecord: Schema<LogLine> = v.object({
  stream_name: v.picklist(['stdout', 'stderr']),
  time: v.number(),
  data: v.string(),
});

export const uploadRecord: Schema<UploadRecord> = v.object({
  id: v.string(),
  token: v.string(),
  owner: v.string(),
  type: v.string(),
  name: v.string(),
  size: v.optional(v.number()),
  used: v.boolean(),
  expired: v.optional(v.number()),
  done: v.optional(v.object({ length: v.number(), sums })),
});
