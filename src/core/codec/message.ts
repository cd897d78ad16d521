import type { GenericSchema } from 'valibot';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * An integer of the API. Kaggle's integers have 64 bits: one beyond 2^53-1 is decoded to a string of its decimal digits, so that
 * it is not rounded, and can be passed the same way.
 */
export type Int64 = number | string;

/** A request: a message in which every field is optional, at any depth. */
export type Init<T> = T extends Date | string
  ? T
  : T extends readonly (infer U)[]
    ? readonly Init<U>[]
    : T extends object
      ? { [K in keyof T]?: Init<T[K]> | undefined }
      : T;

/**
 * A valibot schema of one message that can also be encoded. `v.parse(schema, value)` validates a value with camelCase names,
 * `Date` for timestamps and seconds for durations; `encode` and `decode` convert it to and from Kaggle's JSON.
 */
export interface MessageSchema<T> extends GenericSchema<T> {
  /** Kaggle's name of the message, for example `kernels.ApiSaveKernelRequest`. */
  readonly messageName: string;
  /** Validates `value` and returns the JSON to send. Throws `ValidationError` with an issue for each invalid field. */
  encode(value: unknown): Json;
  /** Decodes a response. Fills in defaults, keeps unknown fields, and never throws. */
  decode(json: unknown): T;
}
