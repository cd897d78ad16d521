import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';
import { any, integer, list, name, shown, text } from '../../core/options/field.ts';
import { isTrue, readMetadata, textFlag } from '../../core/options/metadata.ts';
import { type Fields, shape } from '../../core/options/shape.ts';
import type { DatasetColumn, DatasetFileDetails, WantedDataset } from './types.ts';

/** A column in `dataset-metadata.json`. */
export interface MetadataColumn {
  name?: string;
  title?: string;
  description?: string;
  type?: string;
  order?: unknown;
  format?: unknown;
  constraints?: unknown;
}

/** A file in `dataset-metadata.json`. */
export interface MetadataResource {
  /** Path below the folder of the dataset. */
  path?: string;
  description?: string;
  schema?: { fields?: readonly MetadataColumn[] };
  name?: unknown;
  title?: unknown;
}

/**
 * The content of `dataset-metadata.json`, as users of the official client (kaggle 2.2.5) write it, and as it is downloaded.
 */
export interface DatasetMetadata {
  /** `owner/slug`. */
  id?: string | undefined;
  id_no?: Int64 | undefined;
  title?: string | undefined;
  subtitle?: string | undefined;
  description?: string | undefined;
  /** Exactly one license, such as `[{ name: 'CC0-1.0' }]`. */
  licenses?: readonly { name?: string }[] | undefined;
  keywords?: readonly string[] | undefined;
  /** Descriptions and columns of files. */
  resources?: readonly MetadataResource[] | undefined;
  /** `kaggle datasets init` writes the strings `'true'` and `'false'`. */
  isPrivate?: boolean | string | undefined;
  /** Only in downloaded files. */
  ownerUser?: string | undefined;
  datasetSlug?: string | undefined;
  datasetId?: Int64 | undefined;
  data?: readonly { name?: string; description?: string; columns?: readonly MetadataColumn[] }[] | undefined;
  /** This member and those below are reported by Kaggle, or changed by another call. */
  usabilityRating?: unknown | undefined;
  totalViews?: unknown | undefined;
  totalVotes?: unknown | undefined;
  totalDownloads?: unknown | undefined;
  collaborators?: unknown | undefined;
  expectedUpdateFrequency?: unknown | undefined;
  userSpecifiedSources?: unknown | undefined;
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

/** What is said of files, by name. */
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
 * @param json The text of the file, or its parsed content.
 * @param onWarning Called for each member that is ignored because Kaggle accepts it only in UpdateDatasetMetadata.
 * @returns A dataset without files.
 * @throws `ValidationError` if the text is not JSON, if a member is unknown or has the wrong type, unless there is exactly one
 * license, or if a placeholder was not replaced.
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
