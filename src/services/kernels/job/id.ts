import type { Int64 } from '../../../core/codec/message.ts';
import { refusal } from '../../../core/options/check.ts';
import { shown } from '../../../core/options/field.ts';
import { checkCode } from './check-code.ts';

/** What a job id holds. */
export interface JobFacts {
  /** `owner/slug` of the kernel. */
  readonly ref: string;
  /** The pushed version. */
  readonly versionNumber: number;
  /** Numeric id of the kernel. */
  readonly kernelId: Int64;
  /** Time of the push in milliseconds since 1970, rounded to seconds. */
  readonly pushedAt: number;
  /** Key of the job; `undefined` for none. */
  readonly key: string | undefined;
}

/** Version of the format, with which each id begins. */
const format = 'kj1';

/** A key with the characters that are reserved in URLs, or separate the parts, as `~` and two hexadecimal digits per byte. */
function escapeKey(key: string): string {
  return key.replace(/[^\w-]/gu, (character) =>
    Array.from(new TextEncoder().encode(character), (byte) => `~${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

const unescapeKey = (text: string): string => decodeURIComponent(text.replaceAll('~', '%'));

/**
 * Writes an id: `kj1.<owner>.<slug>.<version>.<kernel id>.<seconds since 1970>.<key>.<check>`, of characters that are not reserved in
 * URLs. Numbers except the kernel id have base 36.
 */
export function writeJobId({ ref, versionNumber, kernelId, pushedAt, key }: JobFacts): string {
  const [owner, slug] = ref.split('/');
  const numbers = [versionNumber, kernelId, Math.floor(pushedAt / 1000).toString(36)];
  const text = [format, owner, slug, ...numbers, escapeKey(key ?? '')].join('.');
  return `${text}.${checkCode(text)}`;
}

const parts =
  /^kj1\.([\w-]+)\.([\w-]+)\.([1-9]\d{0,14})\.(\d{1,19})\.([0-9a-z]{1,9})\.((?:[\w-]|~[0-9a-f]{2})*)\.[0-9a-z]{7}$/;

const invalid = (message: string): Error => refusal('kernels.attach', [{ path: 'id', message }]);

/** Parses an id. Throws `ValidationError` for anything else. */
export function readJobId(id: unknown): JobFacts {
  const text = typeof id === 'string' ? id.trim() : '';
  const other = /^kj(\d+)\./.exec(text)?.[1];
  if (other !== undefined && other !== '1') {
    throw invalid(
      `the job id ${shown(text)} has the format ${other}, which this version of kaggle-ts does not know; update kaggle-ts, ` +
        'or attach with the version that started the job',
    );
  }
  const [, owner, slug, version, kernelId = '', seconds = '', key = ''] = parts.exec(text) ?? [];
  if (owner === undefined) throw invalid(`expected the id of a job from kernels.start, got ${shown(id)}`);
  const end = text.lastIndexOf('.');
  if (checkCode(text.slice(0, end)) !== text.slice(end + 1)) {
    throw invalid(`the job id ${shown(text)} was truncated or changed; copy it again`);
  }
  const number = Number(kernelId);
  return {
    ref: `${owner}/${slug}`,
    versionNumber: Number(version),
    kernelId: Number.isSafeInteger(number) ? number : kernelId,
    pushedAt: Number.parseInt(seconds, 36) * 1000,
    key: key === '' ? undefined : unescapeKey(key),
  };
}
