import {
  type Field,
  field,
  flag,
  hasLength,
  integer,
  list,
  name,
  needed,
  record,
  text,
  textOf,
} from '../../core/options/field.ts';
import { type Fields, shape } from '../../core/options/shape.ts';
import { fileField } from '../../core/transfer/inputs.ts';
import type {
  DatasetColumn,
  DatasetContent,
  DatasetFile,
  DatasetFileDetails,
  NewDataset,
  NewVersion,
} from './types.ts';

const columnFields = (): Fields<DatasetColumn> => ({
  order: integer(),
  name: text(),
  type: text(),
  originalType: text(),
  description: text(),
});

const detailFields = (): Fields<DatasetFileDetails> => ({
  description: text(),
  columns: list('columns', shape(columnFields())),
});

/** A string that matches a pattern. */
function textLike(expected: string, pattern: RegExp): Field<string> {
  return field(expected, (value) => typeof value === 'string' && pattern.test(value));
}

/** An empty one is not sent. */
const subtitleField = (): Field<string> =>
  field('20 to 80 characters', (value) => value === '' || (typeof value === 'string' && hasLength(value, 20, 80)));

// Kaggle would refuse these only after the upload.
const contentFields = (): Fields<DatasetContent> => ({
  owner: needed(textLike('the name of a user or an organization', /^[\w.-]+$/)),
  slug: needed(textLike('6 to 50 characters of a-z, 0-9 and "-"', /^[a-z0-9-]{6,50}$/)),
  files: needed(list('files', fileField<DatasetFile>(detailFields()), 1)),
  fileDetails: record('file details by file name', shape(detailFields())),
  subtitle: subtitleField(),
  description: text(),
  keywords: list('strings', name()),
});

export const newDatasetFields = (): Fields<DatasetContent & NewDataset> => ({
  ...contentFields(),
  title: textOf(6, 50),
  isPrivate: flag(),
  licenseName: name(),
});

export const newVersionFields = (): Fields<DatasetContent & NewVersion> => ({
  ...contentFields(),
  notes: text(),
  deleteOldVersions: flag(),
});
