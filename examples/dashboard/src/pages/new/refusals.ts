import { ApiError, ConnectionError, isKaggleError, TimeoutError, ValidationError } from 'kaggle-ts/browser';
import { CapacityError, PartialPushError, QuotaError } from 'kaggle-ts/kernels';
import { errorsOf, type FieldErrors, type FieldName, nameOnPage } from './fields.ts';

/** What an error of `kernels.start` means for the form. */
export type Outcome =
  /** It is not known whether the run started. Starting with the same key finds out. */
  | { type: 'unknown'; error: unknown }
  /** No run started. `slots`: starting can wait for a free session. */
  | { type: 'refused'; errors: FieldErrors; slots?: boolean }
  /** The run started without some of its sources. */
  | { type: 'partial'; errors: FieldErrors; run: { ref: string; versionNumber: number } };

/** Kaggle's refusals, and the field that they are about. */
const rules: readonly (readonly [text: RegExp, field: FieldName])[] = [
  [/enableInternet|internet/i, 'internet'],
  [/editor type/i, 'kind'],
  [/the source is [\d.]+ MB/i, 'code'],
  [/title|slug|already exists|notebook not found|kernel not found/i, 'title'],
];

const kinds: Readonly<Record<string, FieldName>> = {
  dataset: 'datasetDataSources',
  competition: 'competitionDataSources',
  kernel: 'kernelDataSources',
  model: 'modelDataSources',
};

/** Whether Kaggle may have done what was asked, although there was no usable response. */
function isUnknown(error: unknown): boolean {
  if (error instanceof ConnectionError) return !error.permanent;
  return error instanceof TimeoutError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
}

/** Decides what to show for an error of `kernels.start`, and where. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof PartialPushError) {
    const errors: FieldErrors = {};
    for (const source of error.kernel.invalidSources) {
      const [kind = '', name = ''] = source.split(' ', 2);
      const field = kinds[kind] ?? 'form';
      errors[field] = [errors[field], `Kaggle does not know ${name}, or this account cannot use it`]
        .filter(Boolean)
        .join('; ');
    }
    if (Object.keys(errors).length === 0) errors.form = error.message;
    return { type: 'partial', errors, run: error.kernel };
  }
  if (error instanceof ValidationError) return { type: 'refused', errors: errorsOf(error.issues) };
  if (isUnknown(error)) return { type: 'unknown', error };
  // The method's name helps nobody here.
  const text = isKaggleError(error)
    ? error.describe(nameOnPage).replace(/^[\w.]+\/\w+: /, '')
    : String((error as Error)?.message ?? error);
  if (error instanceof QuotaError) return { type: 'refused', errors: { machine: text } };
  if (error instanceof CapacityError) return { type: 'refused', errors: { form: text }, slots: true };
  const field = error instanceof ApiError ? rules.find(([pattern]) => pattern.test(text))?.[1] : undefined;
  const conflict = error instanceof ApiError && error.status === 409 ? 'title' : undefined;
  return { type: 'refused', errors: { [field ?? conflict ?? 'form']: text } };
}
