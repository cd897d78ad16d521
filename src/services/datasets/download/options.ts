import { type ArchiveLimits, limitsField } from '../../../core/archive/limits.ts';
import { type Field, field, flag, name, oneOf, seconds, whole } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { transferFields } from '../../../core/options/transfer.ts';
import type { ByteSink } from '../../../core/platform.ts';
import type { TransferOptions, Verified } from '../../../core/progress.ts';
import type { Existing } from '../../../core/transfer/download/local-file.ts';
import { type Folder, isFolder } from '../../../core/transfer/folder.ts';
import { patternField } from '../../../core/transfer/pattern.ts';

/** What of a dataset is downloaded; nothing of it: all, as one archive. */
export interface FileChoice {
  /** One file, by its name in the dataset: `a/b.csv`. */
  file?: string | undefined;
  /** All files below a folder: `a`. */
  folder?: string | undefined;
  /** The files whose names match a `RegExp` or a glob such as `*.csv`, of the folder if there is one. */
  pattern?: RegExp | string | undefined;
}

export const choiceFields = (): Fields<FileChoice> => ({
  file: name(),
  folder: name(),
  pattern: patternField(),
});

/** `concurrency` counts for a folder and a pattern. */
export interface DownloadDatasetOptions extends TransferOptions {
  /** Seconds without a byte after which the connection counts as lost; default 60. */
  stallTimeout?: number | undefined;
  /**
   * What to do when the file is there already. `check` (default): it is fetched only if it is not the one that the
   * server has, by its checksum, or by what was remembered of an earlier download; `overwrite`: in any case.
   */
  existing?: Existing | undefined;
  /** Connections that one large file may come over where one is slow; default 8. */
  connections?: number | undefined;
  /**
   * Unpacks the archive of a whole dataset into the folder while it is downloaded; the archive itself is not stored.
   * Files that are there already with the same bytes are not fetched again. Of single files, those that Kaggle packs are
   * unpacked.
   */
  unzip?: boolean | undefined;
  /** What an archive that is unpacked may at most become. */
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

/** One file that was downloaded. */
export interface DownloadedFile {
  /** Below the target, with `/` between folders. */
  name: string;
  /** Where it is, when the target is a path. */
  path?: string;
  /** Bytes. */
  size: number;
  verified: Verified;
  /** The file was there already: nothing was fetched. */
  skipped?: true;
}

/** A folder (as a path or a `FolderSink`), or the place for the bytes themselves. */
export type DownloadTarget = Folder | WritableStream<Uint8Array> | ByteSink;

const canTake = (value: object): boolean => 'getWriter' in value || 'write' in value;

export const targetField = (): Field<DownloadTarget> =>
  field(
    'the path of a folder, a FolderSink, a WritableStream or a ByteSink',
    (value) => isFolder(value) || (typeof value === 'object' && value !== null && canTake(value)),
  );
