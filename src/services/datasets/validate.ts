import { ValidationError, type ValidationIssue } from '../../core/errors.ts';
import type { DatasetContent, NewDataset } from './types.ts';

/** Characters as a reader counts them. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** Checks what Kaggle would refuse after the upload. Throws one `ValidationError` with everything that is wrong. */
export function validateDataset(dataset: DatasetContent & NewDataset): void {
  const issues: ValidationIssue[] = [];
  const check = (path: string, ok: boolean, message: string) => {
    if (!ok) issues.push({ path, message: `${path} ${message}` });
  };
  const text = (value: unknown, least: number, most: number) =>
    typeof value === 'string' && lengthOf(value) >= least && lengthOf(value) <= most;
  const { owner, slug, title, subtitle, files } = dataset;
  check('owner', typeof owner === 'string' && /^[\w.-]+$/.test(owner), 'must be the name of a user or an organisation');
  check(
    'slug',
    typeof slug === 'string' && /^[a-z0-9-]{6,50}$/.test(slug),
    `must be 6 to 50 characters of a-z, 0-9 and "-" (got ${JSON.stringify(slug)})`,
  );
  check('title', title === undefined || text(title, 6, 50), 'must be 6 to 50 characters');
  check('subtitle', !subtitle || text(subtitle, 20, 80), 'must be 20 to 80 characters');
  check('files', Array.isArray(files) && files.length > 0, 'must name at least one file');
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => issue.message).join('; '), issues);
}
