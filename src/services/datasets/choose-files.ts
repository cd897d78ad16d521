import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { createIgnore } from '../../core/transfer/ignore.ts';
import { warn } from '../../core/warn.ts';
import type { DatasetOptions } from './types.ts';

/**
 * What the official client leaves out (kaggle 2.2): version control, caches, and what describes a dataset, model or kernel.
 * Not its cover image: that client sends it by another call.
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

/** What the official client sends, though hardly anybody wants it in a dataset. */
const unlikely = [
  ...['.DS_Store', 'Thumbs.db', 'desktop.ini', '__MACOSX/', '.ipynb_checkpoints/', '__pycache__/'],
  ...['node_modules/', '.venv/', 'venv/', '.env', '.env.*'],
];

function shortList(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}

/** Chooses what of the folders is sent, and says what should be known about it. */
export interface FileChooser {
  /** Whether a file of a folder, named from its top, is left out. */
  skips(name: string): boolean;
  /** Files, and folders with a slash at their end. */
  readonly leftOut: readonly string[];
  /** To be told of all files that are sent. Warns of what is probably a mistake; throws `ValidationError` for none at all. */
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
          { path: 'files', message: 'must name at least one file' },
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
