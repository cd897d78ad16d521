import { type Kind, kind, refuse } from './kind.ts';

/** A string. A number or boolean in a response is converted to a string. */
export const string: Kind<string> = /*#__PURE__*/ kind({
  type: 'string',
  expects: 'a string',
  toJson: (value, problems) => (typeof value === 'string' ? value : refuse(problems, 'a string', value)),
  fromJson: (json) =>
    typeof json === 'string' ? json : typeof json === 'number' || typeof json === 'boolean' ? `${json}` : undefined,
  zero: () => '',
  isZero: (json) => json === '',
});
