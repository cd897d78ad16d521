import { NotFoundError, ValidationError } from '../../core/errors.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';

/** Why a verb cannot do its work on a dataset. */
export function wrongVerb(why: 'exists' | 'missing', handle: DatasetHandle): Error {
  const name = formatDatasetRef(handle);
  if (why === 'exists') {
    return new ValidationError(`the dataset ${name} exists already: use createVersion or createOrVersion`, [
      { path: 'slug', message: 'is taken' },
    ]);
  }
  return new NotFoundError(
    `there is no dataset ${name}, not for this user, or it was made a moment ago and is not shown yet: use create or ` +
      'createOrVersion, or try again in a few minutes',
    { status: 404, method: 'datasets.DatasetApiService/GetDataset' },
  );
}
