import type { AnyField, Field } from '../../../core/options/field.ts';
import { callback, field, flag, having, isRecord, oneOf, signal, textOf } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { schedule } from '../../../core/rpc/poll.ts';
import { folderField } from '../../../core/transfer/folder.ts';
import { pushField } from '../push/request.ts';
import type { MapOptions, SweepOptions, SweepRequest, SweepStepOptions } from './types.ts';

/** Keys of pushes are made of the key of the sweep, and have at most 200 characters. */
const sweepFields = (): Fields<SweepOptions> => ({
  key: textOf(1, 150),
  concurrency: field(
    "'auto' or a whole number of at least 1",
    (value) => value === 'auto' || (Number.isSafeInteger(value) && (value as number) >= 1),
  ),
  retryFailed: flag(),
  onEvent: callback(),
  onWarning: callback(),
  schedule: schedule(),
  signal: signal(),
});

export const mapFields = (): Fields<MapOptions> => ({
  ...sweepFields(),
  cancelOnAbort: flag(),
  onCancelError: callback(),
  output: folderField(),
  onQuota: oneOf('stop', 'wait'),
  state: having('a StateStore', 'get'),
  onProgress: callback(),
});

export const stepFields = (): Fields<SweepStepOptions> => ({
  ...sweepFields(),
  state: field('the state that the last step returned', isRecord),
  save: callback(),
});

/** Any iterable, except a string. */
export const inputsField = <Input>(): Field<Iterable<Input>> =>
  field('an array or another iterable of inputs', (value) => {
    const iterator = (value as Partial<Iterable<Input>> | null)?.[Symbol.iterator];
    return typeof value === 'object' && typeof iterator === 'function';
  });

/** A request without `params`, or a function. */
export const requestField = <Input>(request: SweepRequest<Input>): Field<SweepRequest<Input>> => {
  if (typeof request === 'function') return callback();
  const own = pushField() as AnyField;
  const { also: others } = own;
  const also = (given: Readonly<Record<string, unknown>>) => [
    ...(others?.(given) ?? []),
    ...(given.params === undefined
      ? []
      : [{ path: 'params', message: 'is taken by the inputs; pass a function that returns the request of an input' }]),
  ];
  return Object.assign(own, { also }) as Field<SweepRequest<Input>>;
};
