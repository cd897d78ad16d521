import { field, flag, isRecord, seconds, secretField, signal } from '../options/field.ts';
import type { Fields } from '../options/shape.ts';
import type { CallOptions } from './client.ts';

/** The schemas of `CallOptions`. */
export const callFields = (): Fields<CallOptions> => ({
  signal: signal(),
  timeout: seconds(),
  retry: field(
    'a whole number of at least 0, or false',
    (value) => value === false || (Number.isSafeInteger(value) && (value as number) >= 0),
  ),
  auth: flag(),
  headers: secretField(
    'an object of strings, such as { "x-name": "value" }',
    (value) => isRecord(value) && Object.values(value).every((text) => typeof text === 'string'),
  ),
});
