import type { GenericSchema } from 'valibot';

/** A JSON value as it stands on the wire. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * An integer of the API. Kaggle's numbers are 64 bits wide: one beyond 2^53-1 arrives as its decimal digits in a
 * string instead of being rounded, and may be passed the same way.
 */
export type Int64 = number | string;

/** A value in which every field may be left out, at any depth: what a request may look like. */
export type Init<T> = T extends Date | string
  ? T
  : T extends readonly (infer U)[]
    ? readonly Init<U>[]
    : T extends object
      ? { [K in keyof T]?: Init<T[K]> | undefined }
      : T;

/**
 * A valibot schema of one Kaggle message that also knows its wire form.
 * `v.parse(schema, value)` checks a value in our form (camelCase names, `Date`, seconds);
 * `encode` and `decode` go to and from proto-JSON.
 */
export interface MessageSchema<T> extends GenericSchema<T> {
  /** Kaggle's name, for example `kernels.ApiSaveKernelRequest`. */
  readonly messageName: string;
  /** Checks `value` and turns it into the JSON to send. Throws `ValidationError` with the path of each bad field. */
  encode(value: unknown): Json;
  /** Reads an answer: fills defaults, keeps unknown fields, never fails because the server grew a field. */
  decode(json: unknown): T;
}
