import type { KaggleClient } from '../../core/client.ts';
import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';

/**
 * Which run of which kernel: `'owner/slug'` (the latest run), `'owner/slug/3'` (version 3), an address on kaggle.com,
 * or what `push` returned, which means the version that it pushed. A bare `'slug'` is one of the caller's own kernels.
 */
export type RunRef = string | { readonly ref: string; readonly versionNumber?: Int64 | undefined };

/** A run reference taken apart. */
export interface Run {
  readonly owner: string;
  readonly slug: string;
  /** `owner/slug`. */
  readonly ref: string;
  /** The version that is meant; `undefined` for whichever is the latest. */
  readonly versionNumber: number | undefined;
}

const part = /^[\w-]+$/;

/** Kaggle's own forms of a kernel reference (`/code/owner/slug`, `/owner/slug`, the address of its page) as `owner/slug[/n]`. */
export function normaliseRef(text: string): string {
  return text
    .trim()
    .replace(/^https?:\/\/[^/]+/i, '')
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/^(?:code|kernels)\/(?=[^/]+\/[^/]+)/, '');
}

function versionOf(value: Int64 | undefined, shown: string): number | undefined {
  // 0 is how the server says that it does not tell.
  if (value === undefined || value === 0 || value === '') return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ValidationError(`the version of the kernel "${shown}" is not a positive whole number: ${String(value)}`);
}

/** Takes a reference apart. Throws `ValidationError` for anything that is none. Asks who the caller is for a bare slug. */
export async function resolveRun(client: KaggleClient, run: RunRef): Promise<Run> {
  const text = typeof run === 'string' ? run : run?.ref;
  if (typeof text !== 'string') throw new ValidationError('a kernel is named by "owner/slug" or by what push returned');
  const parts = normaliseRef(text).split('/');
  if (parts.length > 3 || !parts.every((value) => part.test(value))) {
    throw new ValidationError(`"${text}" does not name a kernel: it must be "owner/slug" or "owner/slug/version"`);
  }
  if (parts.length === 1) parts.unshift(await client.whoAmI());
  const [owner, slug, version] = parts as [string, string, string?];
  const given = typeof run === 'string' ? undefined : run.versionNumber;
  return { owner, slug, ref: `${owner}/${slug}`, versionNumber: versionOf(given ?? version, text) };
}
