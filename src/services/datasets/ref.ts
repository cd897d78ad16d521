import { ValidationError } from '../../core/errors.ts';
import { isUrl } from '../../core/file-path.ts';
import { type AnyField, type Field, field, needed, shown, text, whole } from '../../core/options/field.ts';
import { byInput, type Fields, shape } from '../../core/options/shape.ts';
import { readPage, versionIn } from '../../core/site-address.ts';

/** Owner and slug of a dataset, and optionally one of its versions. */
export interface DatasetHandle {
  /** User or organization. */
  owner: string;
  /** Last part of the address of the dataset. */
  slug: string;
  /**
   * Version number.
   * @default the current version
   */
  version?: number | undefined;
}

/**
 * A dataset: `'owner/slug'` (the current version), `'owner/slug/3'` or `'owner/slug/versions/3'` (version 3), the URL of its
 * page, an object with `owner` and `slug`, or the result of `createOrVersion`.
 */
export type DatasetRef = string | URL | DatasetHandle | { ref: string; versionNumber?: number | undefined };

const expected = '"owner/slug", "owner/slug/version", { owner, slug } or the result of createOrVersion()';

/** Whether a value may be a `DatasetRef`; `parseDatasetRef` checks the text itself. */
function isDatasetRef(value: unknown): boolean {
  const given = (value ?? {}) as { ref?: unknown };
  return typeof value === 'string' || isUrl(value) || typeof given.ref === 'string' || isHandle(value);
}

function isHandle(value: unknown): value is DatasetHandle {
  return typeof value === 'object' && value !== null && 'owner' in value;
}

const handleFields = (): Fields<DatasetHandle> => ({
  owner: needed(text()),
  slug: needed(text()),
  version: whole(1),
});

/** A reference. `more` are additional members that a verb accepts in a handle. */
export function refField<Ref>(more: Readonly<Record<string, AnyField>> = {}): Field<Ref> {
  return byInput((value) => (isHandle(value) ? shape({ ...handleFields(), ...more }) : field(expected, isDatasetRef)));
}

export const datasetField = (): Field<DatasetRef> => refField();

/** Kaggle's responses write refs with a leading slash and sometimes with `datasets/`. */
const refForm = /^\/?(?:datasets\/)?([\w.-]+)\/([\w.-]+?)(?:\/(?:versions\/)?(\d{1,9}))?\/?$/;

/** The URL of a page as a ref; other texts unchanged. */
function plainRef(text: string): string {
  const page = readPage(text, 'dataset');
  if (!page) return text;
  const [owner, slug, ...more] = page.parts;
  const version = versionIn(more) ?? page.query.get('datasetVersionNumber');
  return [owner, slug, ...(version ? [version] : [])].join('/');
}

/** Parses a reference. Throws `ValidationError` if it is invalid. */
export function parseDatasetRef(ref: DatasetRef): DatasetHandle {
  if (isHandle(ref)) return checkHandle(ref);
  const isText = typeof ref === 'string' || isUrl(ref);
  const said = isText ? String(ref) : ref?.ref;
  if (!isText && typeof said === 'string' && 'kernelId' in ref) {
    throw new ValidationError(
      `expected a dataset, got the kernel ${shown(said)}; pass the result of createOrVersion()`,
    );
  }
  const match = typeof said === 'string' ? refForm.exec(plainRef(said.trim())) : undefined;
  if (!match || /^\.+$/.test(match[1]!))
    throw new ValidationError(`expected a dataset as ${expected}, got ${shown(said)}`);
  if (!isText && 'version' in ref && ref.versionNumber === undefined) {
    throw new ValidationError('version: no such property of { ref }; did you mean versionNumber?');
  }
  const version = (isText ? undefined : ref.versionNumber) ?? match[3];
  return checkHandle({
    owner: match[1]!,
    slug: match[2]!,
    ...(version !== undefined && { version: Number(version) }),
  });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]+$/.test(value) && !/^\.+$/.test(value);
}

function checkHandle(handle: DatasetHandle): DatasetHandle {
  const { owner, slug, version } = handle;
  if (!isName(owner)) {
    throw new ValidationError(`expected owner to be letters, digits, "-", "_" or ".", got ${shown(owner)}`, [
      { path: 'owner', message: 'is not a name' },
    ]);
  }
  if (!isName(slug)) {
    throw new ValidationError(`expected slug to be letters, digits, "-", "_" or ".", got ${shown(slug)}`, [
      { path: 'slug', message: 'is not a slug' },
    ]);
  }
  if (version !== undefined && !(Number.isSafeInteger(version) && version > 0)) {
    throw new ValidationError(`expected version to be a positive whole number, got ${version}`, [
      { path: 'version', message: 'is not a positive whole number' },
    ]);
  }
  return { owner, slug, ...(version !== undefined && { version }) };
}

/** `owner/slug`. */
export function formatDatasetRef({ owner, slug }: DatasetHandle): string {
  return `${owner}/${slug}`;
}
