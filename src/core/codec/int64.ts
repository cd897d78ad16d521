import { bigInteger, digitsOf } from './json.ts';
import { type Kind, kind, refuse } from './kind.ts';
import type { Int64, Json } from './message.ts';

const DIGITS = /^-?\d{1,20}$/;
const EXPECTS = 'a 64-bit integer (beyond 2^53-1 as a string of digits)';

/** A 64-bit integer: a number, or beyond 2^53-1 a string of its decimal digits. Never rounded. */
export const integer: Kind<Int64> = /*#__PURE__*/ kind({
  type: 'integer',
  expects: EXPECTS,
  toJson(value, problems): Json {
    if (Number.isSafeInteger(value)) return value as number;
    if (typeof value === 'string' && DIGITS.test(value)) {
      const exact = BigInt(value);
      if (exact >= -(2n ** 63n) && exact < 2n ** 64n) {
        const near = Number(exact);
        return Number.isSafeInteger(near) ? near : bigInteger(`${exact}`);
      }
    }
    return refuse(problems, EXPECTS, value);
  },
  fromJson(json) {
    if (typeof json === 'number') return json;
    const text = digitsOf(json) ?? json;
    if (typeof text !== 'string' || !DIGITS.test(text)) return undefined;
    const exact = BigInt(text);
    const near = Number(exact);
    return Number.isSafeInteger(near) ? near : `${exact}`;
  },
  zero: () => 0,
  isZero: (json) => json === 0,
});
