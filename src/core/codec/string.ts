import { type Kind, kind, refuse } from './kind.ts';

/** Text. A number or a boolean where the contract says text is read as its text. */
export const string: Kind<string> = /*#__PURE__*/ kind({
  type: 'string',
  expects: 'a string',
  toJson: (value, problems) => (typeof value === 'string' ? value : refuse(problems, 'a string', value)),
  fromJson: (json) =>
    typeof json === 'string' ? json : typeof json === 'number' || typeof json === 'boolean' ? `${json}` : undefined,
  zero: () => '',
  isZero: (json) => json === '',
});
