import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';
import { any, integer, list, name, shown, text } from '../../core/options/field.ts';
import { isTrue, readMetadata, textFlag } from '../../core/options/metadata.ts';
import { type Fields, shape } from '../../core/options/shape.ts';
import type { DatasetColumn, DatasetFileDetails, WantedDataset } from './types.ts';

/** A column in `dataset-metadata.json`. */
export interface MetadataColumn {
  /** Name in the header of the file. */
  name?: string;
  /** Sent as the description if there is no `description`. */
  title?: string;
  /** What the column contains, in Markdown. */
  description?: string;
  /** Type of the data package standard, such as `string`, `number` or `date`. */
  type?: string;
  /** Ignored: columns keep the order of the list. */
  order?: unknown;
  /** Ignored. */
  format?: unknown;
  /** Ignored. */
  constraints?: unknown;
}

/** A file in `dataset-metadata.json`. */
export interface MetadataResource {
  /** Path below the folder of the dataset. */
  path?: string;
  /** What the file contains, in Markdown. */
  description?: string;
  /** Columns of the file, in `fields`. */
  schema?: { fields?: readonly MetadataColumn[] };
  /** Ignored. */
  name?: unknown;
  /** Ignored. */
  title?: unknown;
}

/**
 * Content of `dataset-metadata.json`: as written for the official client (kaggle 2.2.5), or as it downloads it. `fromMetadata`
 * says what is ignored.
 */
export interface DatasetMetadata {
  /** `owner/slug`. */
  id?: string | undefined;
  /** Numeric id of the dataset. Ignored. */
  id_no?: Int64 | undefined;
  /** Title of 6 to 50 characters. */
  title?: string | undefined;
  /** Short description of 20 to 80 characters. */
  subtitle?: string | undefined;
  /** Text of the dataset's page, in Markdown. */
  description?: string | undefined;
  /** Exactly one license, such as `[{ name: 'CC0-1.0' }]`. */
  licenses?: readonly { name?: string }[] | undefined;
  /** Tags. */
  keywords?: readonly string[] | undefined;
  /** Descriptions and columns of files. */
  resources?: readonly MetadataResource[] | undefined;
  /** A boolean, or the string `'true'` or `'false'`, as `kaggle datasets init` writes. */
  isPrivate?: boolean | string | undefined;
  /** Owner, in downloaded files; used if there is no `id`. */
  ownerUser?: string | undefined;
  /** Slug without its owner, in downloaded files; used if there is no `id`. */
  datasetSlug?: string | undefined;
  /** Numeric id of the dataset, in downloaded files. Ignored. */
  datasetId?: Int64 | undefined;
  /** Descriptions and columns of files, in downloaded files; used if there are no `resources`. */
  data?: readonly { name?: string; description?: string; columns?: readonly MetadataColumn[] }[] | undefined;
  /** Ignored: computed by Kaggle. */
  usabilityRating?: unknown | undefined;
  /** Ignored: computed by Kaggle. */
  totalViews?: unknown | undefined;
  /** Ignored: computed by Kaggle. */
  totalVotes?: unknown | undefined;
  /** Ignored: computed by Kaggle. */
  totalDownloads?: unknown | undefined;
  /** Ignored with a warning: set it with UpdateDatasetMetadata. */
  collaborators?: unknown | undefined;
  /** Ignored with a warning: set it with UpdateDatasetMetadata. */
  expectedUpdateFrequency?: unknown | undefined;
  /** Ignored with a warning: set it with UpdateDatasetMetadata. */
  userSpecifiedSources?: unknown | undefined;
  /** Cover image. Ignored with a warning: set it with UpdateDatasetMetadata. */
  image?: unknown | undefined;
}

const columnFields = (): Fields<MetadataColumn> => ({
  name: text(),
  title: text(),
  description: text(),
  type: text(),
  order: any(),
  format: any(),
  constraints: any(),
});

const metadataFields = (): Fields<DatasetMetadata> => ({
  id: name(),
  id_no: integer(),
  title: name(),
  subtitle: name(),
  description: name(),
  licenses: list('licenses such as { "name": "CC0-1.0" }', any<{ name?: string }>()),
  keywords: list('strings', name()),
  resources: list(
    'resources',
    shape<MetadataResource>({
      path: text(),
      description: text(),
      schema: shape<{ fields?: readonly MetadataColumn[] }>({ fields: list('columns', shape(columnFields())) }),
      name: any(),
      title: any(),
    }),
  ),
  isPrivate: textFlag(),
  ownerUser: name(),
  datasetSlug: name(),
  datasetId: integer(),
  data: list('files', any<{ name?: string }>()),
  usabilityRating: any(),
  totalViews: any(),
  totalVotes: any(),
  totalDownloads: any(),
  collaborators: any(),
  expectedUpdateFrequency: any(),
  userSpecifiedSources: any(),
  image: any(),
});

/** Types of the data package standard, as the official client translates them; others are passed through. */
const types: Readonly<Record<string, string>> = {
  string: 'string',
  date: 'string',
  time: 'string',
  yearmonth: 'string',
  duration: 'string',
  geopoint: 'string',
  geojson: 'string',
  numeric: 'numeric',
  number: 'numeric',
  year: 'numeric',
};

function toColumn({ name, title, description, type }: MetadataColumn, order: number): DatasetColumn {
  const originalType = type?.toLowerCase();
  return {
    order,
    ...(name !== undefined && { name }),
    description: description ?? title ?? '',
    ...(originalType && { originalType, type: types[originalType] ?? originalType }),
  };
}

/** Descriptions and columns by name of the file. */
function detailsIn({ resources, data }: Partial<DatasetMetadata>): Record<string, DatasetFileDetails> {
  const said =
    resources?.map(({ path, description, schema }) => ({ name: path, description, columns: schema?.fields })) ??
    data ??
    [];
  const entries = said.map(({ name = '', description, columns }) => {
    const details = { ...(description && { description }), ...(columns?.length && { columns: columns.map(toColumn) }) };
    return [name.replace(/^\.\//, ''), details] as const;
  });
  return Object.fromEntries(entries.filter(([, details]) => Object.keys(details).length > 0));
}

function licenseIn({ licenses }: Partial<DatasetMetadata>): string | undefined {
  if (licenses === undefined) return undefined;
  const only = licenses.length === 1 ? licenses[0]?.name : undefined;
  if (typeof only === 'string' && only) return only;
  throw new ValidationError(
    `dataset-metadata.json: licenses: expected exactly one license, such as [{ "name": "CC0-1.0" }], got ${licenses.length}`,
  );
}

/** Members that are not ignored silently. Kaggle's own figures need no warning. */
const elsewhere = ['collaborators', 'expectedUpdateFrequency', 'userSpecifiedSources', 'image'] as const;

/**
 * Reads a `dataset-metadata.json` of the official client. Add `files` to its result to upload the dataset. Sends nothing.
 *
 * @param json - The text of the file, or its parsed content.
 * @param onWarning - Called for each member that is ignored because Kaggle accepts it only in UpdateDatasetMetadata.
 * @returns A dataset without files.
 * @throws `ValidationError` if the text is not JSON, if a member is unknown or has the wrong type, if there is no owner and slug,
 * if `licenses` does not contain exactly one, or if a placeholder was not replaced.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { createClient } from 'kaggle-ts';
 * import { createOrVersion, fromMetadata } from 'kaggle-ts/datasets';
 *
 * const dataset = fromMetadata(await readFile('./data/dataset-metadata.json', 'utf8'));
 * await createOrVersion(createClient(), { ...dataset, files: ['./data'] });
 * ```
 */
export function fromMetadata(
  json: string | DatasetMetadata,
  { onWarning }: { onWarning?: (message: string) => void } = {},
): Omit<WantedDataset, 'files'> {
  const what = 'dataset-metadata.json';
  const given = readMetadata<DatasetMetadata>(what, json, metadataFields);
  const [owner, slug, ...more] = given.id?.split('/') ?? [given.ownerUser, given.datasetSlug];
  if (!owner || !slug || more.length > 0)
    throw new ValidationError(`${what}: id: expected "owner/slug", got ${shown(given.id)}`);
  for (const name of elsewhere) {
    const value = given[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    onWarning?.(`${what}: ${name} is ignored, because Kaggle accepts it only in UpdateDatasetMetadata`);
  }
  const { title, subtitle, description, keywords } = given;
  const licenseName = licenseIn(given);
  const isPrivate = isTrue(given.isPrivate);
  const fileDetails = detailsIn(given);
  return {
    owner,
    slug,
    ...(title !== undefined && { title }),
    ...(subtitle !== undefined && { subtitle }),
    ...(description !== undefined && { description }),
    ...(keywords !== undefined && { keywords }),
    ...(licenseName !== undefined && { licenseName }),
    ...(isPrivate !== undefined && { isPrivate }),
    ...(Object.keys(fileDetails).length > 0 && { fileDetails }),
  };
}
