import type { Kind } from './kind.ts';

/** A field with explicit presence: sent whenever it is set, also to its zero value; `undefined` when it is not. */
export interface Optional<T = unknown> {
  readonly explicit: Kind<T>;
}

/** Marks a field as having explicit presence. */
export function optional<T>(explicit: Kind<T>): Optional<T> {
  return { explicit };
}
