import { flag, seconds } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { transferFields } from '../../core/options/transfer.ts';
import type { TransferOptions } from '../../core/progress.ts';
import { type ArchiveChoice, archiveField } from './archive-files.ts';

/** How files are uploaded and a version is created. */
export interface VersionOptions extends TransferOptions {
  /**
   * Uploads the files as one zip archive, which Kaggle unpacks. Use it for very many small files: otherwise each costs several
   * requests. The archive counts as one file in progress events. Its files can have no descriptions or columns, and each is read
   * twice.
   * @default 'never'
   */
  archive?: ArchiveChoice | undefined;
  /**
   * Seconds without progress after which an upload request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Resumes an interrupted upload if the platform has a state store: files that arrived are not uploaded again, and no version is
   * created twice. To recognize its version, a marker such as `(kaggle-ts 1f2e3d4c)` is appended to the version's notes.
   * `false` adds no marker, uploads everything, and discards the state of earlier runs.
   * @default true
   */
  resume?: boolean | undefined;
}

export const versionFields = (): Fields<VersionOptions> => ({
  ...transferFields(),
  archive: archiveField(),
  stallTimeout: seconds(),
  resume: flag(),
});
