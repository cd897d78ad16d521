import { zipSource } from '../../core/archive/zip/source.ts';
import { ValidationError } from '../../core/errors.ts';
import { type Field, field } from '../../core/options/field.ts';
import type { FileInput, OpenedFile } from '../../core/transfer/inputs.ts';

/** When to upload files as one zip archive, which Kaggle unpacks: never, always, or for more than `above` files. */
export type ArchiveChoice = 'never' | 'always' | { readonly above: number };

export const archiveField = (): Field<ArchiveChoice> =>
  field(`"never", "always" or { above: number of files }`, (value) => {
    const { above } = (value ?? {}) as { above?: number };
    return value === 'never' || value === 'always' || (Number.isSafeInteger(above) && above! >= 0);
  });

/**
 * Returns the files to upload: the given ones, or one archive of them, stored without compression. Throws `ValidationError` for
 * descriptions and columns, which an archive would lose, and for streams, because each file is read twice.
 */
export async function archiveFiles(
  files: readonly OpenedFile[],
  choice: ArchiveChoice | undefined,
  hasDetails: (input: FileInput) => boolean,
): Promise<readonly OpenedFile[]> {
  const wanted = choice === 'always' || (typeof choice === 'object' && files.length > choice.above);
  if (!wanted) return files;
  for (const { name, input } of files) {
    if (!hasDetails(input)) continue;
    throw new ValidationError(
      `cannot archive "${name}": its description or columns would be lost; remove them, or set archive to "never"`,
      [{ path: 'files', message: 'expected no description or columns, because they would be lost in an archive' }],
    );
  }
  const name = 'archive.zip';
  const source = zipSource(
    files.map((file) => ({ name: file.name, source: file.source })),
    { name },
  );
  return [{ name, source, identity: await source.identity?.(), input: source }];
}
