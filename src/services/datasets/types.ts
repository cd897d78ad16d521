import type { Int64 } from '../../core/codec/message.ts';
import { callback, list, seconds, signal, text } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { FileAtPath, FileInput, NamedFile } from '../../core/transfer/inputs.ts';
import type { OnWarning } from '../../core/warn.ts';
import { type VersionOptions, versionFields } from '../versions/index.ts';

/** What Kaggle may be told about a column of a table. */
export interface DatasetColumn {
  order?: Int64 | undefined;
  name?: string | undefined;
  type?: string | undefined;
  originalType?: string | undefined;
  description?: string | undefined;
}

/** What may be said of a file beside its content. */
export interface DatasetFileDetails {
  description?: string | undefined;
  columns?: readonly DatasetColumn[] | undefined;
}

/** A file, or a folder with all below it, of a dataset. */
export type DatasetFile = FileInput | ((NamedFile | FileAtPath) & DatasetFileDetails);

/** What a new dataset and a new version have in common. */
export interface DatasetContent {
  /** The user or organisation that owns the dataset. */
  owner: string;
  /** 6 to 50 characters: a-z, 0-9, `-`. */
  slug: string;
  /** At least one. Folders become the folders of the dataset. */
  files: readonly DatasetFile[];
  /** What is said of files by their name in the dataset, beside what stands with the file itself. */
  fileDetails?: Readonly<Record<string, DatasetFileDetails>> | undefined;
  /** 20 to 80 characters. */
  subtitle?: string | undefined;
  /** Markdown. */
  description?: string | undefined;
  /** Tags; those that Kaggle does not know come back as `invalidTags`. */
  keywords?: readonly string[] | undefined;
}

/** What only a new dataset has. */
export interface NewDataset {
  /** 6 to 50 characters; default the slug. */
  title?: string | undefined;
  /** Default `true`. */
  isPrivate?: boolean | undefined;
  /** For example `CC0-1.0`. */
  licenseName?: string | undefined;
}

/** What only a new version has. */
export interface NewVersion {
  /** What changed. */
  notes?: string | undefined;
  /** Keeps only the new version; default `false`. */
  deleteOldVersions?: boolean | undefined;
}

/** All that may be said of a dataset and its new version. */
export type WantedDataset = DatasetContent & NewDataset & NewVersion;

export interface DatasetOptions extends VersionOptions {
  /**
   * Seconds to wait for the first version of a dataset that is still being processed: until then Kaggle refuses another.
   * Waited for before a byte is sent, where that can be seen. Default 1800; 0: `TimeoutError` at once.
   */
  waitForProcessing?: number | undefined;
  /** Called with each new status of a first version that is waited for. */
  onStatus?: ((status: string) => void) | undefined;
  /**
   * What of the folders is not sent: patterns as in a `.gitignore`, from the top of each folder. They come after those of
   * the official client (`.git/`, `.cache/`, `.huggingface/` anywhere, metadata files at the top), so that
   * `!dataset-metadata.json` sends that one. A file that is named itself is always sent.
   */
  ignore?: readonly string[] | undefined;
  /** Told what is probably a mistake, such as names that Kaggle refuses; default: the platform's log (stderr, the console). */
  onWarning?: OnWarning | undefined;
}

export const datasetOptionFields = (): Fields<DatasetOptions> => ({
  ...versionFields(),
  waitForProcessing: seconds(),
  onStatus: callback(),
  ignore: list('patterns', text()),
  onWarning: callback(),
});

export interface WaitOptions {
  /** Seconds until `TimeoutError`; default 1800, 0 for no limit. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  /**
   * Called with each new status: those of Kaggle, `NOT_YET_PERSISTED` also for a version that is not shown yet, and
   * `LISTING` when it is READY but does not list all its files.
   */
  onStatus?: ((status: string) => void) | undefined;
  /** Files that must be listed, by base name, before it counts as ready; default for `ready`: those that were sent. */
  files?: readonly string[] | undefined;
}

export const waitFields = (): Fields<WaitOptions> => ({
  timeout: seconds(),
  signal: signal(),
  onStatus: callback(),
  files: list('strings', text()),
});

/** A dataset version that was made. Not yet readable: `ready` waits for that. */
export interface DatasetVersion {
  /** `owner/slug`. */
  ref: string;
  /**
   * 1 for a new dataset. `undefined` where Kaggle does not show yet which version is this one: another may have been made
   * in the same moment. `ready` resolves to it.
   */
  versionNumber: number | undefined;
  /** Its web page. */
  url: string;
  /** Whether the dataset itself is new. */
  created: boolean;
  /** Keywords that Kaggle does not know. */
  invalidTags: readonly string[];
  /** What of the folders was not sent, by the option `ignore` and its defaults: files, and folders with a slash at their end. */
  leftOut: readonly string[];
  /** Waits until this version can be used; see `waitUntilReady`. */
  ready(options?: WaitOptions): Promise<{ status: string; versionNumber: number }>;
}
