import { ValidationError } from '../../core/errors.ts';

/** A dataset by its parts. */
export interface DatasetHandle {
  owner: string;
  slug: string;
  /** The current one if absent. */
  version?: number;
}

/** A dataset as verbs take it: `owner/slug`, `owner/slug/3`, `owner/slug/versions/3`, a page address, or its parts. */
export type DatasetRef = string | DatasetHandle | { ref: string; versionNumber?: number | undefined };

/** Kaggle's answers write refs with a leading slash and sometimes with `datasets`; addresses have a host before that. */
const shape = /^(?:https?:\/\/[^/]+)?\/?(?:datasets\/)?([\w.-]+)\/([\w.-]+?)(?:\/(?:versions\/)?(\d{1,9}))?\/?$/;

/** Parses a reference. Throws `ValidationError` if it is invalid. */
export function parseDatasetRef(ref: DatasetRef): DatasetHandle {
  if (typeof ref === 'object' && ref !== null && 'owner' in ref) return checkHandle(ref);
  const text = typeof ref === 'string' ? ref : ref?.ref;
  const match = shape.exec(String(text).trim());
  if (!match) throw new ValidationError(`not a dataset: "${text}"; write owner/slug`);
  const version = (typeof ref === 'string' ? undefined : ref.versionNumber) ?? match[3];
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
    throw new ValidationError(`not the owner of a dataset: "${owner}"`, [{ path: 'owner', message: 'is not a name' }]);
  }
  if (!isName(slug)) {
    throw new ValidationError(`not the slug of a dataset: "${slug}"`, [{ path: 'slug', message: 'is not a slug' }]);
  }
  if (version !== undefined && !(Number.isSafeInteger(version) && version > 0)) {
    throw new ValidationError(`not a version: ${version}`, [{ path: 'version', message: 'is not a positive integer' }]);
  }
  return handle;
}

/** `owner/slug`. */
export function formatDatasetRef({ owner, slug }: DatasetHandle): string {
  return `${owner}/${slug}`;
}
