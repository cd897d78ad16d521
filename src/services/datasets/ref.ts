import { ValidationError } from '../../core/errors.ts';
import { isUrl } from '../../core/file-path.ts';
import { type AnyField, type Field, field, needed, shown, text, whole } from '../../core/options/field.ts';
import { byInput, type Fields, shape } from '../../core/options/shape.ts';
import { readPage, versionIn } from '../../core/site-address.ts';

/** A dataset by its parts. */
export interface DatasetHandle {
  owner: string;
  slug: string;
  /** The current one if absent. */
  version?: number | undefined;
}

/** A dataset as verbs take it: `owner/slug`, `owner/slug/3`, `owner/slug/versions/3`, a page address, or its parts. */
export type DatasetRef = string | URL | DatasetHandle | { ref: string; versionNumber?: number | undefined };

const expected = '"owner/slug", "owner/slug/version", { owner, slug } or the result of createOrVersion()';

/** What a `DatasetRef` may be; the text itself is read by `parseDatasetRef`. */
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

/** A reference. `more` are the members that a verb takes beside those of a handle. */
export function refField<Ref>(more: Readonly<Record<string, AnyField>> = {}): Field<Ref> {
  return byInput((value) => (isHandle(value) ? shape({ ...handleFields(), ...more }) : field(expected, isDatasetRef)));
}

export const datasetField = (): Field<DatasetRef> => refField();

/** Kaggle's answers write refs with a leading slash and sometimes with `datasets`. */
const refForm = /^\/?(?:datasets\/)?([\w.-]+)\/([\w.-]+?)(?:\/(?:versions\/)?(\d{1,9}))?\/?$/;

/** A page address in the form of a ref; other texts as they are. */
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
    throw new ValidationError('version: no such option of { ref }; did you mean versionNumber?');
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
    throw new ValidationError(`expected version to be a positive integer, got ${version}`, [
      { path: 'version', message: 'is not a positive integer' },
    ]);
  }
  return { owner, slug, ...(version !== undefined && { version }) };
}

/** `owner/slug`. */
export function formatDatasetRef({ owner, slug }: DatasetHandle): string {
  return `${owner}/${slug}`;
}
