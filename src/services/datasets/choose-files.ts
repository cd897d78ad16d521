import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { createIgnore } from '../../core/transfer/ignore.ts';
import { warn } from '../../core/warn.ts';
import type { DatasetOptions } from './types.ts';

/**
 * Excluded by the official client (kaggle 2.2): version control, caches, and metadata files of datasets, models and kernels.
 * Its cover image is not excluded: that client sends it by another call.
 */
const official = [
  '.git/',
  '.cache/',
  '.huggingface/',
  '/dataset-metadata.json',
  '/datapackage.json',
  '/kernel-metadata.json',
  '/model-metadata.json',
  '/model-instance-metadata.json',
];

/** The official client uploads these, but hardly anybody wants them in a dataset. */
const unlikely = [
  ...['.DS_Store', 'Thumbs.db', 'desktop.ini', '__MACOSX/', '.ipynb_checkpoints/', '__pycache__/'],
  ...['node_modules/', '.venv/', 'venv/', '.env', '.env.*'],
];

function shortList(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}

/** Chooses which files of folders are uploaded, and reports what is excluded or suspicious. */
export interface FileChooser {
  /** Whether a file, named relative to the top of its folder, is excluded. */
  skips(name: string): boolean;
  /** Excluded files, and folders with a trailing slash. */
  readonly leftOut: readonly string[];
  /**
   * Checks the names of all files to upload. Warns about probable mistakes; throws `ValidationError` if there are none.
   */
  check(names: readonly string[]): void;
}

export function chooseFiles(client: KaggleClient, options: Pick<DatasetOptions, 'ignore' | 'onWarning'>): FileChooser {
  const ignored = createIgnore([...official, ...(options.ignore ?? [])]);
  const suspected = createIgnore(unlikely);
  const leftOut = new Set<string>();
  const suspects = new Set<string>();
  return {
    skips(name) {
      const out = ignored(name);
      if (out !== undefined) leftOut.add(out);
      else {
        const suspect = suspected(name);
        if (suspect !== undefined) suspects.add(suspect);
      }
      return out !== undefined;
    },
    get leftOut() {
      return [...leftOut];
    },
    check(names) {
      if (leftOut.size > 0) client.log(`excluded from the upload: ${[...leftOut].join(', ')}`);
      if (names.length === 0) {
        const excluded = `all files of the folder are excluded: ${shortList([...leftOut])}; change the option ignore`;
        const why = leftOut.size > 0 ? excluded : 'the folder is empty; pass at least one file';
        throw new ValidationError(`nothing to upload: ${why}`, [
          { path: 'files', message: 'expected at least one file' },
        ]);
      }
      if (suspects.size > 0) {
        const what = shortList([...suspects]);
        warn(
          client,
          options,
          `the upload includes ${what}; use the option ignore to exclude what does not belong in the dataset`,
        );
      }
      const refused = names.filter((name) => /[&@]/.test(name));
      if (refused.length > 0)
        warn(
          client,
          options,
          `Kaggle rejects file names with "&" or "@" after the upload; rename ${shortList(refused)}`,
        );
    },
  };
}
