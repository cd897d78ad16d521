import { type Kind, kind } from './kind.ts';
import type { Json } from './message.ts';

/** Any JSON, unchanged. */
export const any: Kind<Json> = /*#__PURE__*/ kind({
  type: 'any',
  expects: 'JSON',
  toJson: (value) => value as Json,
  fromJson: (json) => json as Json,
});
