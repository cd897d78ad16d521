import { abortable } from '../../core/abortable.ts';
import type { Int64 } from '../../core/codec/message.ts';
import { ValidationError } from '../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { joinSignals } from '../../core/transfer/streams.ts';

/**
 * Which run of which kernel: `'owner/slug'` (the latest run), `'owner/slug/3'` (version 3), an address on kaggle.com,
 * or what `push` returned, which means the version that it pushed. A bare `'slug'` is one of the caller's own kernels.
 */
export type RunRef = string | { readonly ref: string; readonly versionNumber?: Int64 | undefined };

/** A parsed run reference. */
export interface ResolvedRun {
  readonly owner: string;
  readonly slug: string;
  /** `owner/slug`. */
  readonly ref: string;
  /** The version that is meant; `undefined` for whichever is the latest. */
  readonly versionNumber: number | undefined;
  /** It is what a push has returned: that it cannot be seen yet does not mean that there is no such version. */
  readonly pushed: boolean;
}

const part = /^[\w-]+$/;

/** The tabs of a kernel's page, and what its editor adds to the address. */
const tabs = /^(?:notebook|script|code|input|output|log|logs|data|comments|versions|settings|edit|run|\d+)$/;

/**
 * Kaggle's own forms of a kernel reference (`/code/owner/slug`, `/owner/slug`, the address of its page or of a tab of it)
 * as `owner/slug[/n]`. Throws `ValidationError` for an address of another site, and for one that names a version by
 * the id of its script, which the API cannot look up.
 */
export function normaliseRef(text: string): string {
  const [, host, path = text] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(text.trim()) ?? [];
  if (host !== undefined && !/^(?:www\.)?kaggle\.com$/i.test(host)) {
    throw new ValidationError(`"${text}" is not an address on www.kaggle.com: pass "owner/slug"`);
  }
  if (/[?&]scriptVersionId=/.test(path)) {
    throw new ValidationError(
      `"${text}" names a version by the id of its script: pass "owner/slug/version", such as "owner/slug/3"`,
    );
  }
  const plain = path
    .trim()
    .replace(/[?#].*$/s, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/^(?:code|kernels)\/(?=[^/]+\/[^/]+)/, '');
  if (host === undefined) return plain;
  const [owner, slug, ...tab] = plain.split('/');
  return tab.length > 0 && tabs.test(tab[0]!) ? `${owner}/${slug}` : plain;
}

function versionOf(value: Int64 | undefined, shown: string): number | undefined {
  // 0 is how the server says that it does not tell.
  if (value === undefined || value === 0 || value === '') return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ValidationError(`the version of the kernel "${shown}" is not a positive whole number: ${String(value)}`);
}

/** The user name of the caller; on abort it rejects at once, whatever the provider of the credential does. */
export function ownName(client: KaggleClient, options: CallOptions & { signal: AbortSignal }): Promise<string> {
  const { signal, timeout } = options;
  return abortable(client.whoAmI({ signal, ...(timeout !== undefined && { timeout }) }), signal);
}

/**
 * Parses a reference. Throws `ValidationError` if it is invalid, and the reason of an abort at once. Asks who the caller is
 * for a bare slug.
 */
export async function resolveRun(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<ResolvedRun> {
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const text = typeof run === 'string' ? run : run?.ref;
  if (typeof text !== 'string') throw new ValidationError('expected "owner/slug" or the result of push()');
  const parts = normaliseRef(text).split('/');
  if (parts.length > 3 || !parts.every((value) => part.test(value))) {
    throw new ValidationError(`invalid kernel "${text}": expected "owner/slug" or "owner/slug/version"`);
  }
  if (parts.length === 1) parts.unshift(await ownName(client, { ...options, signal }));
  const [owner, slug, version] = parts as [string, string, string?];
  const given = typeof run === 'string' ? undefined : run.versionNumber;
  return {
    owner,
    slug,
    ref: `${owner}/${slug}`,
    versionNumber: versionOf(given ?? version, text),
    pushed: given !== undefined,
  };
}

/** A run in words: `alice/my-job, version 2`. */
export function describeRun({ ref, versionNumber }: ResolvedRun): string {
  return versionNumber === undefined ? ref : `${ref}, version ${versionNumber}`;
}

/** The address of a kernel's page. */
export function pageOf({ ref }: Pick<ResolvedRun, 'ref'>): string {
  return `https://www.kaggle.com/code/${ref}`;
}

/** The label of a version in requests: `v3`. Kaggle answers 404 to the bare number (seen 2026-09-21, Kaggle/kaggle-cli#1200). */
export function versionLabel({ versionNumber }: ResolvedRun): string | undefined {
  return versionNumber === undefined ? undefined : `v${versionNumber}`;
}

/** The fields by which requests name a run. */
export function runFields(run: ResolvedRun): { userName: string; kernelSlug: string; versionLabel?: string } {
  const label = versionLabel(run);
  return { userName: run.owner, kernelSlug: run.slug, ...(label !== undefined && { versionLabel: label }) };
}
