import type { ValidationIssue } from 'kaggle-ts/browser';
import type { SourceKind } from './draft.ts';

/** The fields that can have an error. */
export type FieldName =
  | 'title'
  | 'kind'
  | 'code'
  | 'params'
  | 'machine'
  | 'timeLimit'
  | 'internet'
  | 'isPrivate'
  | SourceKind;

export const labels: Readonly<Record<FieldName, string>> = {
  title: 'Title',
  kind: 'Type',
  code: 'Code',
  params: 'Parameters',
  machine: 'Accelerator',
  timeLimit: 'Time limit',
  internet: 'Internet access',
  isPrivate: 'Private',
  datasetDataSources: 'Datasets',
  competitionDataSources: 'Competitions',
  kernelDataSources: 'Notebook outputs',
  modelDataSources: 'Models',
};

/** Errors by field; `form` are those that belong to none. */
export type FieldErrors = Partial<Record<FieldName, string>> & { form?: string };

/** The field of the form for each option of `kernels.start`. */
const byOption: Readonly<Record<string, FieldName>> = {
  slug: 'title',
  newTitle: 'title',
  text: 'code',
  entry: 'code',
  files: 'code',
  params: 'params',
  language: 'kind',
  kernelType: 'kind',
  machineShape: 'machine',
  sessionTimeoutSeconds: 'timeLimit',
  enableInternet: 'internet',
  isPrivate: 'isPrivate',
};

/** The field for a path of a `ValidationError`, such as `datasetDataSources[0]`. */
export function fieldOf(path: string): FieldName | undefined {
  const option = /^(?:request\.)?(\w+)/.exec(path)?.[1] ?? '';
  if (Object.hasOwn(byOption, option)) return byOption[option];
  return Object.hasOwn(labels, option) ? (option as FieldName) : undefined;
}

/** Puts the issues of the library beside the fields. An empty title has one error, not two. */
export function errorsOf(issues: readonly ValidationIssue[]): FieldErrors {
  const errors: FieldErrors = {};
  for (const { path, message } of issues) {
    // The errors of a whole source are those of its code.
    const field = fieldOf(path) ?? (path === '' && /notebook|is empty/.test(message) ? 'code' : 'form');
    errors[field] ??= message.replace(/^kernels\.\w+: /, '');
  }
  return errors;
}

/** The name of an option as this page shows it, for `KaggleError.describe`. */
export function nameOnPage(option: string): string {
  const field = fieldOf(option);
  if (field) return `"${labels[field]}"`;
  return option === 'waitForSlot' ? '"Wait for a free session"' : option;
}
