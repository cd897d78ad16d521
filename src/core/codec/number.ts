import { type Kind, kind, refuse } from './kind.ts';

/** A floating-point number. Only finite ones can be sent; responses may also contain `"NaN"`, `"Infinity"` or `"0.5"`. */
export const number: Kind<number> = /*#__PURE__*/ kind({
  type: 'number',
  expects: 'a finite number',
  toJson: (value, problems) =>
    Number.isFinite(value) ? (value as number) : refuse(problems, 'a finite number', value),
  fromJson(json) {
    if (typeof json === 'number') return json;
    if (typeof json !== 'string' || json.trim() === '') return undefined;
    const read = Number(json);
    return Number.isNaN(read) && json !== 'NaN' ? undefined : read;
  },
  zero: () => 0,
  isZero: (json) => json === 0,
});
