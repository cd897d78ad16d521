import type { Int64 } from '../../../core/codec/message.ts';
import { KaggleError, ValidationError } from '../../../core/errors.ts';
import {
  beginSweep,
  type Entry,
  type Slots,
  type Starting,
  type SweepProgress,
  type UsedQuota,
  untouched,
} from './progress.ts';

/** Version of the format below. */
const format = 1;

/**
 * The state of a sweep, for `JSON.stringify`: about 12 bytes per input. It contains no secret. Store it as it is; only the version
 * of kaggle-ts that wrote it, or one with the same `format`, can read it.
 */
export interface SweepState {
  /** Version of this format. */
  readonly format: number;
  /** Key of the sweep. */
  readonly key: string;
  /** Kernel of the runs, as `owner/slug`. */
  readonly kernel: string;
  /** SHA-256 of the inputs, shortened. */
  readonly inputs: string;
  /** When the sweep began, in milliseconds since 1970. */
  readonly began: number;
  /** Statuses and messages, to which the entries refer. */
  readonly texts: readonly string[];
  /**
   * One per input: 0 if there is nothing to store, else status (1 + its index; negative while it runs; 0 before the push), version,
   * seconds from `began` to the push, attempt, message (1 + its index), saved (0 or 1), failures, and seconds from `began` to
   * the first of them, without zeros at the end.
   */
  readonly entries: readonly (0 | readonly number[])[];
  /** `owner/slug` of the kernel according to Kaggle; empty until a version was pushed. */
  readonly ref: string;
  /** Numeric id of the kernel; 0 until a version was pushed. */
  readonly kernelId: Int64;
  /** Highest known version of the kernel. */
  readonly before: number;
  /** The push that was recorded before it was made; absent if it is known to have succeeded or failed. */
  readonly starting?: Pick<Starting, 'index' | 'before' | 'at'>;
  /** What is known of the free sessions of the account. */
  readonly slots: Slots;
  /** The quota that is used up; absent if there is some left. */
  readonly quota?: UsedQuota;
  /** Consecutive pushes that failed for a reason that may pass. */
  readonly failures: number;
  /** When the next push is tried, in milliseconds since 1970. */
  readonly retryAt: number;
  /** Inputs whose pushes were refused for good, since the last one that was accepted. */
  readonly refused: readonly number[];
  /** When the runs are looked at next, in milliseconds since 1970. */
  readonly lookAt: number;
  /** Consecutive looks without news. */
  readonly quiet: number;
}

/** What a sweep is about. */
export type SweepIdentity = Pick<SweepState, 'key' | 'kernel' | 'inputs' | 'began'>;

/** Messages repeat themselves. Beyond this number, they are not stored, so that the state stays small. */
const mostTexts = 40;
const longestText = 300;

/** Converts a sweep to its state. */
export function packSweep({ key, kernel, inputs, began }: SweepIdentity, sweep: SweepProgress): SweepState {
  const texts: string[] = [];
  const indexOf = (text: string | undefined, needed: boolean): number => {
    if (text === undefined) return 0;
    const short = text.slice(0, longestText);
    const known = texts.indexOf(short);
    if (known >= 0) return known + 1;
    return needed || texts.length < mostTexts ? texts.push(short) : 0;
  };
  const seconds = (ms: number) => (ms === 0 ? 0 : Math.round((ms - began) / 1000));
  const entries = sweep.entries.map((entry) => {
    const { phase, attempt, version, pushed, status, failureMessage, saved, failures, failingSince } = entry;
    const word = phase === 'todo' ? 0 : indexOf(status, true) * (phase === 'running' ? -1 : 1);
    const fields = [word, version, seconds(pushed), attempt, indexOf(failureMessage, false), Number(saved), failures];
    fields.push(seconds(failingSince));
    const length = fields.findLastIndex((field) => field !== 0) + 1;
    return length === 0 ? 0 : fields.slice(0, length);
  });
  const { ref, kernelId, starting, slots, quota, before, failures, retryAt, refused, lookAt, quiet } = sweep;
  return {
    format,
    key,
    kernel,
    inputs,
    began,
    texts,
    entries,
    ref,
    kernelId,
    before,
    ...(starting && { starting: { index: starting.index, before: starting.before, at: starting.at } }),
    slots,
    ...(quota && { quota }),
    failures,
    retryAt,
    refused,
    lookAt,
    quiet,
  };
}

function unpackEntry(packed: 0 | readonly number[], { texts, began }: SweepState): Entry {
  if (packed === 0) return untouched;
  const [word = 0, version = 0, pushed = 0, attempt = 0, message = 0, saved = 0, failures = 0, failing = 0] = packed;
  if (packed.length > 8 || !packed.every(Number.isSafeInteger)) throw new TypeError('entry');
  const status = word === 0 ? '' : texts[Math.abs(word) - 1];
  if (typeof status !== 'string') throw new TypeError('status');
  return {
    phase: word === 0 ? 'todo' : word < 0 ? 'running' : 'ended',
    attempt,
    version,
    pushed: version === 0 ? 0 : began + pushed * 1000,
    status,
    failureMessage: message === 0 ? undefined : texts[message - 1],
    failures,
    failingSince: failures === 0 ? 0 : began + failing * 1000,
    saved: saved === 1,
  };
}

/**
 * Converts a state to its sweep. The process that wrote it may have ended during the push of `starting`. Throws `ValidationError`
 * for the state of another version of the package, and `KaggleError` for a damaged one.
 */
export function unpackSweep(state: SweepState): SweepProgress {
  const what = `the sweep ${JSON.stringify(state?.key)}`;
  if (Number.isSafeInteger(state?.format) && state.format !== format) {
    throw new ValidationError(
      `cannot resume ${what}: another version of kaggle-ts wrote its state (format ${state.format}, expected ${format}); resume ` +
        'it with that version, or start a new sweep with another key',
    );
  }
  try {
    const { slots, quota, starting, refused } = state;
    const entries = state.entries.map((entry) => unpackEntry(entry, state));
    const { ref, kernelId, before, failures, retryAt, lookAt, quiet } = state;
    const numbers = [state.format, before, failures, retryAt, lookAt, quiet, slots.probeAt, slots.misses, ...refused];
    if (starting) numbers.push(starting.index, starting.before, starting.at);
    if (quota) numbers.push(quota.refilled, quota.retryAt, quota.misses);
    if (!numbers.every((number) => Number.isFinite(number))) throw new TypeError('number');
    if (entries.some(({ version }) => version > 0) && !/^[\w-]+\/[\w-]+$/.test(ref)) throw new TypeError('ref');
    if (starting && entries[starting.index]?.phase !== 'todo') throw new TypeError('starting');
    return {
      ...beginSweep(0, before),
      ...{ entries, ref, kernelId, slots, quota, failures, retryAt, refused, lookAt, quiet },
      starting: starting && { ...starting, unclear: true },
    };
  } catch (cause) {
    throw new KaggleError(`cannot resume ${what}: its state is damaged; start a new sweep with another key`, { cause });
  }
}
