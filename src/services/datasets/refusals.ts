import { ApiError } from '../../core/errors.ts';
import type { DatasetContent, NewDataset } from './types.ts';

/** The message without the name of the method. */
const reasonOf = ({ message, method }: ApiError): string => message.replace(`${method}: `, '');

/** Whether a refusal says that such a dataset exists, or that its call already succeeded. */
function isTaken(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    ([error.status, error.code].includes(409) || /already|in use|exists/i.test(reasonOf(error)))
  );
}

/** Whether it says so about the name of a dataset, not about a used token or a notebook. */
function isNameTaken(error: ApiError): boolean {
  const said = reasonOf(error);
  return (
    isTaken(error) &&
    !/token|notebook|kernel/i.test(said) &&
    ([error.status, error.code].includes(409) || /title|slug|dataset/i.test(said))
  );
}

/** Whether a refusal means that the call succeeded anyway, or that the name or the tokens are in use. */
export function classifyRefusal(error: unknown): 'succeeded' | 'taken' | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (/cannot update dataset usability rating/i.test(error.message)) return 'succeeded';
  return isTaken(error) ? 'taken' : undefined;
}

type Subject = Pick<DatasetContent & NewDataset, 'owner' | 'slug' | 'title' | 'licenseName'>;

/** What a known refusal means, and what to do. */
function hintFor(error: ApiError, call: 'create' | 'version', subject: Subject): string | undefined {
  const { owner, slug, title = slug, licenseName } = subject;
  const said = reasonOf(error);
  const name = `${owner}/${slug}`;
  if (/invalid owner id/i.test(said)) {
    return `"${owner}" is neither your user name nor an organization you can create datasets for; correct owner`;
  }
  if (/incompatible dataset type/i.test(said)) {
    return `${name} was probably not created from uploaded files; create a dataset with another slug`;
  }
  if (/exceeds the maximum/i.test(said)) return 'upload fewer or smaller files, or split them into several datasets';
  if (/slug can only contain/i.test(said)) return 'choose a slug that contains only a-z, 0-9 and "-"';
  if (call === 'create' && isNameTaken(error)) {
    return (
      `${owner} already has a dataset with the slug "${slug}" or the title ${JSON.stringify(title)}; choose others, or if ` +
      'the dataset was created a moment ago, try createOrVersion again in a few minutes (the names of deleted datasets ' +
      'cannot be reused)'
    );
  }
  if (call === 'create' && error.status === 400 && /^(HTTP 400.*|(400 - )?bad request\.?)$/i.test(said)) {
    const licence = licenseName ? `, or when the license ${JSON.stringify(licenseName)} is unknown` : '';
    return `Kaggle gives no reason; this happens when a notebook of ${owner} has the same slug or title ("${slug}")${licence}`;
  }
  if (call === 'version' && (error.status === 403 || /failed to resolve the necessary information/i.test(said))) {
    return `${name} does not exist, you cannot change it, or Kaggle is still processing its first version; see https://www.kaggle.com/datasets/${name}`;
  }
  return undefined;
}

/** Adds what is known about a refusal to its message. Keeps the class and Kaggle's own words. */
export function explainRefusal(error: unknown, call: 'create' | 'version', subject: Subject): unknown {
  if (!(error instanceof ApiError)) return error;
  const hint = hintFor(error, call, subject);
  if (hint === undefined || error.message.endsWith(hint)) return error;
  const Kind = error.constructor as typeof ApiError;
  return new Kind(`${error.message.replace(/\.$/, '')}: ${hint}`, { ...error, cause: error });
}
