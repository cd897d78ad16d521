import type { Kind } from './kind.ts';

/** A field with explicit presence: sent if it is set, even to its default; `undefined` if it is not set. */
export interface Optional<T = unknown> {
  readonly explicit: Kind<T>;
}

/** Marks a field as having explicit presence. */
export function optional<T>(explicit: Kind<T>): Optional<T> {
  return { explicit };
}
