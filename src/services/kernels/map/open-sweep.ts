import { KaggleError, ValidationError } from '../../../core/errors.ts';
import { shown } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { readVersion } from '../push/find-marked.ts';
import { normaliseRef } from '../run-ref.ts';
import type { SweepInputs } from './inputs.ts';
import { inputOf } from './keys.ts';
import { beginSweep, type SweepProgress } from './progress.ts';
import { type SweepIdentity, type SweepState, unpackSweep } from './state.ts';

/** A sweep that was begun or resumed. */
export interface OpenSweep {
  readonly identity: SweepIdentity;
  readonly sweep: SweepProgress;
}

/**
 * Throws `KaggleError` if the latest version of the kernel is of this sweep although the state does not know it: inputs would run
 * twice. Returns that version; 0 for none.
 */
async function checkLatest(
  client: KaggleClient,
  { key, kernel }: Pick<SweepIdentity, 'key' | 'kernel'>,
  sweep: SweepProgress,
  [problem, advice]: readonly [string, string],
  signal: AbortSignal,
): Promise<number> {
  const { entries, starting, before } = sweep;
  if (entries.every(({ phase }) => phase === 'ended')) return before;
  const { current = 0, mark } = (await readVersion(client, kernel, undefined, signal)) ?? {};
  const found = mark && current > before ? await inputOf(mark.id, { key, kernel }, entries) : undefined;
  const isStarting = found?.index === starting?.index && found?.attempt === entries[found?.index ?? 0]?.attempt;
  if (!found || isStarting) return current;
  throw new KaggleError(
    `cannot run the sweep ${shown(key)}: version ${current} of ${kernel} is a part of it, but ${problem}; ${advice}, or pass ` +
      'another key to run all inputs again',
  );
}

/** Begins a sweep. Its versions are those after the latest one. */
export async function newSweep(
  client: KaggleClient,
  { inputs, hash }: SweepInputs<unknown>,
  { key, kernel }: Pick<SweepIdentity, 'key' | 'kernel'>,
  signal: AbortSignal,
): Promise<OpenSweep> {
  const began = Math.floor(client.clock.now() / 1000) * 1000;
  const identity = { key, kernel, inputs: hash, began };
  const sweep = beginSweep(inputs.length, 0);
  const problem = ['its state is missing', 'pass the state, or the state store, with which it began'] as const;
  return { identity, sweep: { ...sweep, before: await checkLatest(client, identity, sweep, problem, signal) } };
}

/** The state must know the latest version, if that is of the sweep. */
export async function checkState(
  client: KaggleClient,
  { identity, sweep }: OpenSweep,
  signal: AbortSignal,
): Promise<void> {
  const problem = ['its state is older', 'call again later, as a store such as KV may return an old value'] as const;
  await checkLatest(client, identity, sweep, problem, signal);
}

/**
 * Resumes a sweep from its state. Throws `ValidationError` if the state is of another version of the package, or of other inputs,
 * another kernel or another key, and `KaggleError` if it is damaged.
 */
export function resumeSweep(
  state: SweepState,
  { inputs, request, hash }: SweepInputs<unknown>,
  givenKey: string | undefined,
): OpenSweep {
  const sweep = unpackSweep(state);
  const { key, kernel, began } = state;
  const total = sweep.entries.length;
  const slug = inputs.length > 0 ? normaliseRef(request(0).slug ?? '') : kernel;
  const problems = [
    total !== inputs.length && `it has ${total} inputs, got ${inputs.length}`,
    state.inputs !== hash && 'its inputs have changed',
    `/${kernel}`.endsWith(`/${slug}`) || `its kernel is ${kernel}, got ${shown(slug)}`,
    givenKey !== undefined && givenKey !== key && `got the key ${shown(givenKey)}`,
  ];
  const problem = problems.find((one) => typeof one === 'string');
  if (problem === undefined) return { identity: { key, kernel, inputs: hash, began }, sweep };
  throw new ValidationError(
    `cannot resume the sweep ${shown(key)}: ${problem}; pass what it began with, inputs in the same order, or begin a new ` +
      'sweep with another key',
  );
}
