import { abortable } from '../../core/abortable.ts';
import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';
import { isUrl } from '../../core/file-path.ts';
import { type Field, field, shown } from '../../core/options/field.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { readPage, versionIn } from '../../core/site-address.ts';
import { joinSignals } from '../../core/transfer/streams.ts';

/**
 * A run of a kernel: `'owner/slug'` (the latest run), `'owner/slug/3'` (version 3), the URL of a page on kaggle.com, or the
 * result of `push` (the pushed version). A bare `'slug'` is a kernel of the caller.
 */
export type RunRef = string | URL | { readonly ref: string; readonly versionNumber?: Int64 | undefined };

const forms = '"owner/slug" or "owner/slug/version"';
const expected = `${forms.replace(' or', ',')} or the result of push()`;

/** Field for a `RunRef`. `resolveRun` parses the string. */
export const runField = (): Field<RunRef> =>
  field(expected, (value) => {
    const given = (value ?? {}) as { ref?: unknown };
    return typeof value === 'string' || isUrl(value) || typeof given.ref === 'string';
  });

/** A parsed run reference. */
export interface ResolvedRun {
  readonly owner: string;
  readonly slug: string;
  /** `owner/slug`. */
  readonly ref: string;
  /** The version; `undefined` for the latest. */
  readonly versionNumber: number | undefined;
  /** Whether it is the result of a push: then the version exists, even if the server does not show it yet. */
  readonly pushed: boolean;
}

const part = /^[\w-]+$/;

/**
 * Converts the forms in which Kaggle writes a kernel (`/code/owner/slug`, `/owner/slug`, the URL of its page or of a tab) to
 * `owner/slug[/version]`. Throws `ValidationError` for the URL of something else, and for one that identifies a version by
 * scriptVersionId, which the API cannot look up.
 */
export function normaliseRef(text: string): string {
  const page = readPage(text.trim(), 'kernel');
  if (!page) {
    return text
      .trim()
      .replace(/^\/+|\/+$/g, '')
      .replace(/^(?:code|kernels)\/(?=[^/]+\/[^/]+)/, '');
  }
  const [owner, slug, ...more] = page.parts;
  if (page.query.has('scriptVersionId')) {
    throw new ValidationError(
      `the URL of ${owner}/${slug} identifies a version by scriptVersionId, which the API cannot look up; pass ` +
        `"${owner}/${slug}/VERSION", for example "${owner}/${slug}/3"`,
    );
  }
  const version = versionIn(more);
  return [owner, slug, ...(version === undefined ? [] : [version])].join('/');
}

function versionOf(value: Int64 | undefined, text: string): number | undefined {
  // The server sends 0 if it does not know the version.
  if (value === undefined || value === 0 || value === '') return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ValidationError(
    `invalid version of the kernel ${shown(text)}: expected a positive whole number, got ${shown(value)}`,
  );
}

/** The user name of the caller. Rejects at once on abort, whatever the credential provider does. */
export function ownName(client: KaggleClient, options: CallOptions & { signal: AbortSignal }): Promise<string> {
  const { signal, timeout } = options;
  return abortable(client.whoAmI({ signal, ...(timeout !== undefined && { timeout }) }), signal);
}

/** Parses a reference; a bare slug has one part. Throws `ValidationError` if it is invalid. */
export function parseRun(run: RunRef): Pick<ResolvedRun, 'versionNumber' | 'pushed'> & { parts: string[] } {
  const isText = typeof run === 'string' || isUrl(run);
  const text = isText ? String(run) : run?.ref;
  if (typeof text !== 'string') throw new ValidationError(`expected ${expected}`);
  if (!isText && ('created' in run || 'ready' in run)) {
    throw new ValidationError(`expected a kernel, got the dataset ${shown(text)}; pass the result of kernels.push()`);
  }
  if (!isText && 'version' in run && run.versionNumber === undefined) {
    throw new ValidationError('version: no such property of { ref }; did you mean versionNumber?');
  }
  if (/^kj\d+\./.test(text)) {
    throw new ValidationError(
      (name) => `expected a kernel, got the id of a job (${shown(text)}); pass ${name('kernels.attach')}(client, id)`,
    );
  }
  const [version, ...more] = normaliseRef(text).split('/').slice(2);
  const parts = normaliseRef(text).split('/').slice(0, 2);
  if (more.length > 0 || ![...parts, version ?? '1'].every((value) => part.test(value))) {
    throw new ValidationError(`invalid kernel ${shown(text)}: expected ${forms}`);
  }
  const given = isText ? undefined : run.versionNumber;
  return { parts, versionNumber: versionOf(given ?? version, text), pushed: given !== undefined };
}

/**
 * Parses a reference, and looks up the user name for a bare slug. Throws `ValidationError` if it is invalid, and the reason of
 * an abort at once.
 */
export async function resolveRun(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<ResolvedRun> {
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const { parts, versionNumber, pushed } = parseRun(run);
  if (parts.length === 1) parts.unshift(await ownName(client, { ...options, signal }));
  const [owner, slug] = parts as [string, string];
  return { owner, slug, ref: `${owner}/${slug}`, versionNumber, pushed };
}

/** A run in a sentence: `version 2 of alice/my-job`. */
export function describeRun({ ref, versionNumber }: Pick<ResolvedRun, 'ref' | 'versionNumber'>): string {
  return versionNumber ? `version ${versionNumber} of ${ref}` : ref;
}

/** URL of the page of a kernel. */
export function pageOf({ ref }: Pick<ResolvedRun, 'ref'>): string {
  return `https://www.kaggle.com/code/${ref}`;
}

/** Label of a version in requests: `v3`. Kaggle returns 404 for the bare number (Kaggle/kaggle-cli#1200). */
export function versionLabel({ versionNumber }: ResolvedRun): string | undefined {
  return versionNumber === undefined ? undefined : `v${versionNumber}`;
}

/** The fields that identify a run in requests. */
export function runFields(run: ResolvedRun): { userName: string; kernelSlug: string; versionLabel?: string } {
  const label = versionLabel(run);
  return { userName: run.owner, kernelSlug: run.slug, ...(label !== undefined && { versionLabel: label }) };
}
