import { type Kind, kind, refuse } from './kind.ts';

const words = /*#__PURE__*/ new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

/** A boolean. Responses may also contain `"true"`, `"False"`, 1 and 0. */
export const boolean: Kind<boolean> = /*#__PURE__*/ kind({
  type: 'boolean',
  expects: 'a boolean',
  toJson: (value, problems) => (typeof value === 'boolean' ? value : refuse(problems, 'a boolean', value)),
  fromJson: (json) => (typeof json === 'boolean' ? json : words.get(String(json).toLowerCase())),
  zero: () => false,
  isZero: (json) => json === false,
});
