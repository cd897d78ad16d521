import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';
import { any, integer, list, name, shown, text } from '../../core/options/field.ts';
import { isTrue, readMetadata, textFlag } from '../../core/options/metadata.ts';
import { type Fields, shape } from '../../core/options/shape.ts';
import type { DatasetColumn, DatasetFileDetails, WantedDataset } from './types.ts';

/** A column, as the metadata file has it. */
export interface MetadataColumn {
  name?: string;
  title?: string;
  description?: string;
  type?: string;
  order?: unknown;
  format?: unknown;
  constraints?: unknown;
}

/** A file, as the metadata file has it. */
export interface MetadataResource {
  path?: string;
  description?: string;
  schema?: { fields?: readonly MetadataColumn[] };
  name?: unknown;
  title?: unknown;
}

/** `dataset-metadata.json` of the official client (kaggle 2.2.5), as one writes it and as it is downloaded. */
export interface DatasetMetadata {
  /** `owner/slug`. */
  id?: string | undefined;
  id_no?: Int64 | undefined;
  title?: string | undefined;
  subtitle?: string | undefined;
  description?: string | undefined;
  licenses?: readonly { name?: string }[] | undefined;
  keywords?: readonly string[] | undefined;
  /** What is said of files: by their path below the folder. */
  resources?: readonly MetadataResource[] | undefined;
  isPrivate?: boolean | string | undefined;
  /** Downloaded only. */
  ownerUser?: string | undefined;
  datasetSlug?: string | undefined;
  datasetId?: Int64 | undefined;
  data?: readonly { name?: string; description?: string; columns?: readonly MetadataColumn[] }[] | undefined;
  /** Said by Kaggle, or by another call. */
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

/** What the official client makes of the types of the data package standard; others are passed on. */
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

function licenceIn({ licenses }: Partial<DatasetMetadata>): string | undefined {
  if (licenses === undefined) return undefined;
  const only = licenses.length === 1 ? licenses[0]?.name : undefined;
  if (typeof only === 'string' && only) return only;
  throw new ValidationError(
    'dataset-metadata.json: licenses must have exactly one license, such as [{ "name": "CC0-1.0" }]',
  );
}

/** Says what is meant for another call. Kaggle's own figures are not worth a word. */
const elsewhere = ['collaborators', 'expectedUpdateFrequency', 'userSpecifiedSources', 'image'] as const;

/**
 * The dataset that `dataset-metadata.json` stands for: its text, or what it holds. Add the files:
 * `createOrVersion(client, { ...fromMetadata(json), files: ['./folder'] })`. Asks nothing of Kaggle. `onWarning` is told of
 * members that say something but that Kaggle takes by another call only (UpdateDatasetMetadata).
 *
 * @throws `ValidationError` for what is not JSON, for members that are unknown, with the name that is probably meant, for values
 * of a wrong form, for more or less than one licence, and for placeholders that were not replaced.
 */
export function fromMetadata(
  json: string | DatasetMetadata,
  { onWarning }: { onWarning?: (message: string) => void } = {},
): Omit<WantedDataset, 'files'> {
  const what = 'dataset-metadata.json';
  const given = readMetadata<DatasetMetadata>(what, json, metadataFields);
  const [owner, slug, ...more] = given.id?.split('/') ?? [given.ownerUser, given.datasetSlug];
  if (!owner || !slug || more.length > 0)
    throw new ValidationError(
      `${what} must have an "id" of the form "owner/slug"${given.id === undefined ? '' : `, not ${shown(given.id)}`}`,
    );
  for (const name of elsewhere) {
    const value = given[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    onWarning?.(`${what}: ${name} is ignored, because Kaggle accepts it only in UpdateDatasetMetadata`);
  }
  const { title, subtitle, description, keywords } = given;
  const licenseName = licenceIn(given);
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
