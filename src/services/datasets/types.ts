import type { Int64 } from '../../core/codec/message.ts';
import { callback, list, seconds, signal, text } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { FileAtPath, FileInput, NamedFile } from '../../core/transfer/inputs.ts';
import type { OnWarning } from '../../core/warn.ts';
import { type VersionOptions, versionFields } from '../versions/index.ts';

/** Description of a column of a tabular file. */
export interface DatasetColumn {
  /** Position, from 0. */
  order?: Int64 | undefined;
  /** Name in the header of the file. */
  name?: string | undefined;
  /** Kaggle's type, such as `string` or `numeric`. */
  type?: string | undefined;
  /** The type as its author wrote it. */
  originalType?: string | undefined;
  /** What the column contains, in Markdown. */
  description?: string | undefined;
}

/** Description and columns of a file, which Kaggle shows on its page. */
export interface DatasetFileDetails {
  /** What the file contains, in Markdown. */
  description?: string | undefined;
  /** Columns of a table, in their order. */
  columns?: readonly DatasetColumn[] | undefined;
}

/** A file or folder of a dataset, optionally with a description and columns. */
export type DatasetFile = FileInput | ((NamedFile | FileAtPath) & DatasetFileDetails);

/** Content of a version: what `create`, `createVersion` and `createOrVersion` all take. */
export interface DatasetContent {
  /** User or organization that owns the dataset. */
  owner: string;
  /** 6 to 50 characters: `a-z`, `0-9` and `-`. */
  slug: string;
  /** At least one file or folder. Folders keep their structure. */
  files: readonly DatasetFile[];
  /** Descriptions and columns, by the name of the file in the dataset. Those given in `files` take precedence. */
  fileDetails?: Readonly<Record<string, DatasetFileDetails>> | undefined;
  /** Short description of 20 to 80 characters. */
  subtitle?: string | undefined;
  /** Text of the dataset's page, in Markdown. */
  description?: string | undefined;
  /** Tags. Those that Kaggle does not know are returned as `invalidTags`. */
  keywords?: readonly string[] | undefined;
}

/** Settings that apply only to a new dataset. */
export interface NewDataset {
  /**
   * Title of 6 to 50 characters.
   * @default the slug
   */
  title?: string | undefined;
  /**
   * Whether only you and your collaborators see the dataset.
   * @default true
   */
  isPrivate?: boolean | undefined;
  /**
   * Name of the license, such as `CC0-1.0`.
   * @default none
   */
  licenseName?: string | undefined;
}

/** Settings that apply only to a new version of an existing dataset. */
export interface NewVersion {
  /**
   * What changed. A marker is appended unless `resume` is `false`.
   * @default ''
   */
  notes?: string | undefined;
  /**
   * Deletes all older versions.
   * @default false
   */
  deleteOldVersions?: boolean | undefined;
}

/** Everything that `createOrVersion` takes. */
export type WantedDataset = DatasetContent & NewDataset & NewVersion;

/** Options of `create`, `createVersion` and `createOrVersion`. */
export interface DatasetOptions extends VersionOptions {
  /**
   * Maximum seconds to wait until Kaggle has processed the first version of the dataset; until then it rejects new versions.
   * Waits before the upload if Kaggle shows the status. 0 throws `TimeoutError` immediately.
   * @default 1800
   */
  waitForProcessing?: number | undefined;
  /** Called with each new status of the first version while waiting for it. */
  onStatus?: ((status: string) => void) | undefined;
  /**
   * Files of folders to exclude: patterns as in a `.gitignore`, relative to the top of each folder. They are added to the
   * patterns of the official client (`.git/`, `.cache/` and `.huggingface/` anywhere, metadata files at the top), so
   * `!dataset-metadata.json` includes that file. Files that `files` names directly are always uploaded.
   * @default []
   */
  ignore?: readonly string[] | undefined;
  /**
   * Called with warnings, such as file names that Kaggle rejects.
   * @default writes to the platform's log (stderr or the console)
   */
  onWarning?: OnWarning | undefined;
}

export const datasetOptionFields = (): Fields<DatasetOptions> => ({
  ...versionFields(),
  waitForProcessing: seconds(),
  onStatus: callback(),
  ignore: list('patterns', text()),
  onWarning: callback(),
});

/** Options of `waitUntilReady` and `DatasetVersion.ready`. */
export interface WaitOptions {
  /**
   * Maximum seconds to wait; 0 for no limit.
   * @default 1800
   */
  timeout?: number | undefined;
  /** Aborts the wait; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each new status: Kaggle's; `NOT_YET_PERSISTED` also while the version is not visible yet; `LISTING` while it is
   * READY but not all files are listed.
   */
  onStatus?: ((status: string) => void) | undefined;
  /**
   * Base names of files that must be listed.
   * @default for `ready`: the uploaded files; for `waitUntilReady`: none
   */
  files?: readonly string[] | undefined;
}

export const waitFields = (): Fields<WaitOptions> => ({
  timeout: seconds(),
  signal: signal(),
  onStatus: callback(),
  files: list('strings', text()),
});

/** A dataset version that was created. Kaggle still processes it: await `ready()` before you use it. */
export interface DatasetVersion {
  /** `owner/slug`. */
  ref: string;
  /**
   * Number of the version; 1 for a new dataset. `undefined` if it cannot be told yet, because others created versions at the
   * same time; `ready` returns it.
   */
  versionNumber: number | undefined;
  /** URL of its page. */
  url: string;
  /** Whether the dataset itself is new. */
  created: boolean;
  /** Keywords that Kaggle does not know. */
  invalidTags: readonly string[];
  /** Files of folders that were excluded by `ignore` and its defaults; folders end with a slash. */
  leftOut: readonly string[];
  /** Waits until Kaggle has processed this version and lists its files. Works like `waitUntilReady`. */
  ready(options?: WaitOptions): Promise<{ status: string; versionNumber: number }>;
}
