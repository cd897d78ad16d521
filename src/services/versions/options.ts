import { flag, seconds } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { transferFields } from '../../core/options/transfer.ts';
import type { TransferOptions } from '../../core/progress.ts';
import { type ArchiveChoice, archiveField } from './archive-files.ts';

/** How files are sent and a version is made of them. */
export interface VersionOptions extends TransferOptions {
  /**
   * Whether the files go as one zip archive, which Kaggle unpacks: `never` (default), `always`, or with more files than
   * `above`. For very many small files, which cost several requests each otherwise. The archive counts as one upload, in
   * progress too; files in it can have no description and no columns, and each is read twice.
   */
  archive?: ArchiveChoice | undefined;
  /** Seconds without any progress after which a request of an upload counts as lost; default 60. */
  stallTimeout?: number | undefined;
  /**
   * Where the platform keeps state, a job that was cut off is resumed: files that arrived are not sent again, a version
   * that was made is not made twice. For that, and to tell it from versions that others make in the same moment, a mark
   * such as `(kaggle-ts 1f2e3d4c)` is added to the version's notes. `false`: nothing is kept, no mark, everything is sent;
   * what an earlier run left is thrown away. Default `true`.
   */
  resume?: boolean | undefined;
}

export const versionFields = (): Fields<VersionOptions> => ({
  ...transferFields(),
  archive: archiveField(),
  stallTimeout: seconds(),
  resume: flag(),
});
