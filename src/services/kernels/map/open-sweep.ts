import { KaggleError, ValidationError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { readVersion } from '../push/find-marked.ts';
import type { SweepInputs } from './inputs.ts';
import { isOwnMark } from './keys.ts';
import { beginSweep, type SweepProgress } from './progress.ts';
import { type SweepIdentity, type SweepState, unpackSweep } from './state.ts';

/** A sweep that can be continued. */
export interface OpenSweep {
  readonly identity: SweepIdentity;
  readonly sweep: SweepProgress;
}

/**
 * Begins a sweep. Its versions are those after the latest one. Throws `KaggleError` if the latest one belongs to it already: its
 * state was lost, and inputs would run twice.
 */
export async function newSweep(
  client: KaggleClient,
  { inputs, hash }: SweepInputs<unknown>,
  { key, kernel }: { key: string; kernel: string },
  signal: AbortSignal,
): Promise<OpenSweep> {
  const latest = inputs.length === 0 ? undefined : await readVersion(client, kernel, undefined, signal);
  if (latest?.mark && (await isOwnMark(latest.mark.id, { key, kernel }, inputs.length))) {
    throw new KaggleError(
      `cannot begin the sweep ${JSON.stringify(key)}: version ${latest.current} of ${kernel} is a part of it, but its state is ` +
        'missing; pass the state or the state store with which it began, or another key to run all inputs again',
    );
  }
  const began = Math.floor(client.clock.now() / 1000) * 1000;
  return { identity: { key, kernel, inputs: hash, began }, sweep: beginSweep(inputs.length, latest?.current ?? 0) };
}

/**
 * Continues a sweep from its state. Throws `ValidationError` if the state is of another version of the package or of other inputs,
 * and `KaggleError` if it is damaged.
 */
export function continueSweep(state: SweepState, { inputs, hash }: SweepInputs<unknown>): OpenSweep {
  const sweep = unpackSweep(state);
  const { key, kernel, began } = state;
  if (state.inputs !== hash || sweep.entries.length !== inputs.length) {
    const before = sweep.entries.length;
    const what = before === inputs.length ? 'its inputs have changed' : `it has ${before} inputs, got ${inputs.length}`;
    throw new ValidationError(
      `cannot continue the sweep ${JSON.stringify(key)}: ${what}; pass the inputs with which it began, in the same order, or ` +
        'another key for a new sweep',
    );
  }
  return { identity: { key, kernel, inputs: hash, began }, sweep };
}
