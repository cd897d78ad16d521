import { NotFoundError, ValidationError } from '../../core/errors.ts';
import type { Pending } from './pending.ts';
import type { DatasetHandle } from './ref.ts';

export type Verb = 'create' | 'createVersion' | 'createOrVersion';

/** What a verb makes of what is there. Throws `ValidationError` and `NotFoundError` where that is not what it is for. */
export function decide(verb: Verb, exists: boolean, { owner, slug }: DatasetHandle): Pending['call'] {
  const name = `${owner}/${slug}`;
  if (verb === 'create' && exists) {
    throw new ValidationError(`the dataset ${name} exists already: use createVersion or createOrVersion`, [
      { path: 'slug', message: 'is taken' },
    ]);
  }
  if (verb === 'createVersion' && !exists) {
    throw new NotFoundError(
      `there is no dataset ${name}, not for this user, or it was made a moment ago and is not shown yet: use create or ` +
        'createOrVersion, or try again in a few minutes',
      { status: 404, method: 'datasets.DatasetApiService/GetDataset' },
    );
  }
  return exists ? 'version' : 'create';
}
