import type { Json } from '../../../core/codec/message.ts';
import { type KaggleError, ValidationError } from '../../../core/errors.ts';
import { sha256Text } from '../../../core/hash/digest.ts';
import { checkCall, refuse } from '../../../core/options/check.ts';
import { type Issue, shown } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { serialiseParams } from '../push/job-text.ts';
import { contentOf, preparePush } from '../push/push.ts';
import { type PushRequest, pushField } from '../push/request.ts';
import { normaliseRef } from '../run-ref.ts';
import type { SweepRequest } from './types.ts';

/** The inputs of a sweep, and their requests. */
export interface SweepInputs<Input> {
  readonly inputs: readonly Input[];
  /** The request for one input. */
  request(index: number): PushRequest;
  /** Identifies the inputs, in order. */
  readonly hash: string;
}

/** JSON of anything; what JSON cannot express does not count. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_name, inner) => (typeof inner === 'bigint' ? `${inner}` : inner)) ?? 'null';
}

/** A short hash. */
export async function shortHash(text: string): Promise<string> {
  return (await sha256Text(text)).slice(0, 16);
}

export async function openInputs<Input>(
  given: Iterable<Input>,
  request: SweepRequest<Input>,
): Promise<SweepInputs<Input>> {
  const inputs = [...given];
  return {
    inputs,
    request: (index) => {
      const input = inputs[index]!;
      return typeof request === 'function' ? request(input, index) : { ...request, params: input as Json };
    },
    hash: await shortHash(jsonOf(inputs)),
  };
}

/** Names the input that an error is about. */
function ofInput(index: number, error: unknown): unknown {
  if (!(error instanceof ValidationError)) return error;
  return new ValidationError((name) => `input ${index}: ${(error as KaggleError).describe(name)}`, error.issues);
}

/** What the inputs have in common. */
export interface SweepCode {
  /** `owner/slug` of the kernel. */
  readonly kernel: string;
  /** Identifies the requests, with the code. */
  readonly content: string;
}

const requestIssuesOf = ({ slug, kernelExecutionType }: PushRequest): Issue[] => [
  ...(slug === undefined ? [{ path: 'slug', message: 'is missing; a sweep needs the slug of its kernel' }] : []),
  ...(kernelExecutionType === 'QUICK_SAVE'
    ? [{ path: 'kernelExecutionType', message: 'QUICK_SAVE saves a version without running it; omit it' }]
    : []),
];

/**
 * Checks the requests of all inputs, and reads the code of the first. Sends nothing, except to find out the user name for a bare
 * slug. Throws `ValidationError`.
 */
export async function checkInputs<Input>(
  client: KaggleClient,
  verb: string,
  { inputs, request, hash }: SweepInputs<Input>,
  isFunction: boolean,
  signal: AbortSignal,
): Promise<SweepCode> {
  const requests: PushRequest[] = [];
  // Without inputs, a plain request still tells the kernel.
  for (const index of inputs.length === 0 && !isFunction ? [0] : inputs.keys()) {
    try {
      const one = request(index);
      if (isFunction) checkCall(verb, client, { request: one }, { request: pushField });
      refuse(verb, requestIssuesOf(one));
      serialiseParams(one.params);
      requests.push(one);
    } catch (error) {
      throw ofInput(index, error);
    }
  }
  if (requests.length === 0) return { kernel: '', content: hash };
  const [first, ...others] = [...new Set(requests.map(({ slug }) => normaliseRef(slug!)))];
  if (others.length > 0) {
    const message = `expected one kernel for all inputs, got ${shown(first)} and ${shown(others[0])}; use one sweep per kernel`;
    refuse(verb, [{ path: 'slug', message }]);
  }
  const prepared = await preparePush(client, requests[0]!, { signal });
  const given = isFunction ? requests.map(({ files, ...one }) => one) : [];
  return { kernel: prepared.slug!, content: await shortHash(jsonOf([hash, await contentOf(prepared), given])) };
}
