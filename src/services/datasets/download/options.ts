import { type ArchiveLimits, limitsField } from '../../../core/archive/limits.ts';
import { type Field, field, flag, name, oneOf, seconds, whole } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { transferFields } from '../../../core/options/transfer.ts';
import type { ByteSink } from '../../../core/platform.ts';
import type { TransferOptions, Verified } from '../../../core/progress.ts';
import type { Existing } from '../../../core/transfer/download/local-file.ts';
import { type Folder, isFolder } from '../../../core/transfer/folder.ts';
import { patternField } from '../../../core/transfer/pattern.ts';

/** Which part of a dataset to download; by default everything, as one archive. */
export interface FileChoice {
  /** Name of one file in the dataset, such as `a/b.csv`. Cannot be combined with `folder` or `pattern`. */
  file?: string | undefined;
  /** All files below a folder, such as `a`. */
  folder?: string | undefined;
  /**
   * Files whose names match a `RegExp` or a glob such as `*.csv`; with `folder`, only files in it. Globs follow `.gitignore` rules:
   * without a slash they match in every folder.
   */
  pattern?: RegExp | string | undefined;
}

export const choiceFields = (): Fields<FileChoice> => ({
  file: name(),
  folder: name(),
  pattern: patternField(),
});

/** Options of `download`. `concurrency` applies to `folder` and `pattern`. */
export interface DownloadDatasetOptions extends TransferOptions {
  /**
   * Seconds without data after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * What to do about existing files. `check` skips a file if its checksum matches the server's, or, if the server has none, if it
   * is unchanged since an earlier download. `overwrite` always downloads.
   * @default 'check'
   */
  existing?: Existing | undefined;
  /**
   * Maximum number of connections for one large file, used if one connection is slow.
   * @default 8
   */
  connections?: number | undefined;
  /**
   * Unpacks the archive of a whole dataset during the download, without storing it. Existing files with the same bytes are
   * skipped. For single files, unpacks those that Kaggle zips.
   * @default false
   */
  unzip?: boolean | undefined;
  /** Limits for unpacking, against zip bombs. */
  limits?: ArchiveLimits | undefined;
}

export const downloadFields = (): Fields<DownloadDatasetOptions> => ({
  ...transferFields(),
  stallTimeout: seconds(),
  existing: oneOf('check', 'overwrite'),
  connections: whole(1),
  unzip: flag(),
  limits: limitsField(),
});

/** A downloaded file. */
export interface DownloadedFile {
  /** Path below the target, with `/` between folders. */
  name: string;
  /** Path in the file system, if the target is a path. */
  path?: string;
  /** Bytes. */
  size: number;
  /** How the content was verified. */
  verified: Verified;
  /** Set if the file existed already and was not downloaded. */
  skipped?: true;
}

/** Where a download goes: a folder (a path or a `FolderSink`), or for one file a stream or a `ByteSink`. */
export type DownloadTarget = Folder | WritableStream<Uint8Array> | ByteSink;

const canTake = (value: object): boolean => 'getWriter' in value || 'write' in value;

export const targetField = (): Field<DownloadTarget> =>
  field(
    'the path of a folder, a FolderSink, a WritableStream or a ByteSink',
    (value) => isFolder(value) || (typeof value === 'object' && value !== null && canTake(value)),
  );
