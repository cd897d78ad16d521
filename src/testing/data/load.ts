import * as v from 'valibot';
import { builtin } from '../../platform/common/node-modules.ts';
import type { IdPosition } from '../ids.ts';
import type { Dataset, EmulatorState, EmulatorUser, Kernel, KernelVersion, LogLine, Upload } from '../types.ts';
import type { Blobs } from './blobs.ts';
import { damaged, namesIn, readRecord, readText, remove, writeText } from './disk.ts';
import type { Folder } from './folder.ts';
import {
  datasetRecord,
  datasetVersionRecord,
  type FileRecord,
  kernelRecord,
  kernelVersionRecord,
  logRecord,
  restRecord,
  uploadRecord,
} from './records.ts';
import { logPath, logText, saveKernelVersion } from './save.ts';

const join = (...parts: string[]): string => builtin('node:path').join(...parts);
const keyOf = ({ owner, slug }: { owner: string; slug: string }): string => `${owner}/${slug}`.toLowerCase();

/** Shared by the readers of records. `used` collects the ids of referenced blobs. */
interface Reader {
  folder: Folder;
  blobs: Blobs;
  used: Set<string>;
}

function required<Schema extends v.GenericSchema>(path: string, schema: Schema): v.InferOutput<Schema> {
  const record = readRecord(path, schema);
  if (record === undefined) throw damaged(path, 'the file is missing');
  return record;
}

/** Removes keys whose value is `undefined`. */
function withoutGaps<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

function files({ blobs, used }: Reader, records: readonly FileRecord[]) {
  return records.map(({ name, created, id, size, sums }) => {
    used.add(id);
    return blobs.file(name, created, id, size, sums);
  });
}

/** Removes files of deleted versions and interrupted writes, which the record does not list. */
function removeOthers(path: string, record: string, numbers: readonly number[]): void {
  for (const name of namesIn(path)) {
    const number = /^v(\d+)\.(?:json|log)$/.exec(name)?.[1];
    if (name !== record && !numbers.includes(Number(number))) remove(join(path, name));
  }
}

function readDataset(reader: Reader, path: string): Dataset | undefined {
  const record = readRecord(join(path, 'dataset.json'), datasetRecord);
  if (!record) return undefined;
  removeOthers(path, 'dataset.json', record.versions);
  const versions = record.versions.map((number) => {
    const version = required(join(path, `v${number}.json`), datasetVersionRecord);
    return { ...version, files: files(reader, version.files) };
  });
  return { ...record, versions };
}

function readLog(path: string): LogLine[] {
  const text = readText(path) ?? '';
  // The process was killed while it wrote an incomplete last line.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter(Boolean).map((line, index) => {
    try {
      return v.parse(logRecord, JSON.parse(line));
    } catch (cause) {
      throw damaged(path, `line ${index + 1} is not a valid log line`, cause);
    }
  });
}

/** Ends a run that was interrupted by the end of the emulator. Its time counts up to its last log line. */
function interrupt(version: KernelVersion): void {
  const time = version.log.at(-1)?.time ?? 0;
  const cancelled = version.status === 'CANCEL_REQUESTED';
  const message = cancelled ? 'the run was canceled' : 'the emulator stopped while the kernel was running';
  version.status = cancelled ? 'CANCEL_ACKNOWLEDGED' : 'ERROR';
  if (!cancelled) version.failureMessage = message;
  version.endedAt = (version.startedAt ?? version.created) + time * 1000;
  version.log.push({ stream_name: 'stderr', time, data: `${message}\n` });
}

function readKernel(reader: Reader, path: string): Kernel | undefined {
  const record = readRecord(join(path, 'kernel.json'), kernelRecord);
  if (!record) return undefined;
  removeOthers(path, 'kernel.json', record.versions);
  const kernel: Kernel = { ...record, versions: [] };
  for (const number of record.versions) {
    const found = required(join(path, `v${number}.json`), kernelVersionRecord);
    const version: KernelVersion = {
      ...withoutGaps(found),
      text: String(found.request.text ?? ''),
      log: readLog(join(path, `v${number}.log`)),
      files: files(reader, found.files),
      abort: new AbortController(),
      listeners: new Set(),
    };
    kernel.versions.push(version);
    if (version.status !== 'RUNNING' && version.status !== 'CANCEL_REQUESTED') continue;
    interrupt(version);
    writeText(logPath(reader.folder, kernel, version), logText(version.log));
    saveKernelVersion(reader.folder, reader.blobs, kernel, version);
  }
  return kernel;
}

/** Lifetime of an upload session in milliseconds: a week. */
const sessionLifetime = 7 * 86_400_000;

function readUpload({ folder, blobs, used }: Reader, file: string): Upload | undefined {
  const path = join(folder.uploads, file);
  const { done, ...record } = required(path, uploadRecord);
  const stats = builtin('node:fs').statSync(path, { bigint: true });
  if (Date.now() - stats.mtime.getTime() > sessionLifetime) return undefined;
  // The bytes of a used upload belong to a dataset.
  if (!record.used) used.add(record.id);
  const bytes = done ? blobs.store(record.id, done.length, done.sums) : blobs.store(record.id, blobs.sizeOf(record.id));
  return {
    ...record,
    size: record.size,
    expired: record.expired,
    bytes,
    get received() {
      return this.bytes.length;
    },
    done: done !== undefined,
    turn: 0,
  };
}

/** Loaded values that are not put into the state directly. */
export interface Loaded {
  users: EmulatorUser[];
  ids: IdPosition;
}

/** Loads the folder into the state, and removes what no record references; returns `undefined` for a new folder. */
export function load(folder: Folder, blobs: Blobs, state: EmulatorState): Loaded | undefined {
  const rest = readRecord(folder.rest, restRecord);
  if (!rest) return undefined;
  const reader: Reader = { folder, blobs, used: new Set() };
  for (const [place, read, map] of [
    [folder.datasets, readDataset, state.datasets],
    [folder.kernels, readKernel, state.kernels],
  ] as const) {
    for (const name of namesIn(place)) {
      const found = read(reader, join(place, name));
      if (found) (map as Map<string, Dataset | Kernel>).set(keyOf(found), found);
      else remove(join(place, name));
    }
  }
  for (const name of namesIn(folder.uploads)) {
    const upload = name.endsWith('.json') ? readUpload(reader, name) : undefined;
    if (upload) state.uploads.set(upload.id, upload);
    else remove(join(folder.uploads, name));
  }
  blobs.sweep(reader.used);
  state.began = rest.began;
  state.storagePort = rest.storagePort;
  for (const { token, ...holder } of rest.tokens) state.tokens.set(token, holder);
  for (const name of ['revoked', 'deletedDatasets'] as const) for (const item of rest[name]) state[name].add(item);
  for (const name of rest.filled) state.addedFixtures.add(name);
  return { users: rest.users.map(withoutGaps) as EmulatorUser[], ids: rest.ids };
}
