import { type Kind, kind, refuse } from './kind.ts';

const EXPECTS = 'a Date between the years 1 and 9999';
const FORM = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?)?\s*(?:Z*|([+-]\d\d):?(\d\d))$/i;

/**
 * A timestamp, as `Date`. In JSON RFC 3339 in UTC with three fractional digits. Responses may have zero to nine (those after the
 * third are truncated) and an offset; without one, the time is in UTC.
 */
export const timestamp: Kind<Date> = /*#__PURE__*/ kind({
  type: 'timestamp',
  expects: EXPECTS,
  toJson(value, problems) {
    if (Object.prototype.toString.call(value) !== '[object Date]') return refuse(problems, EXPECTS, value);
    const time = (value as Date).getTime();
    const text = Number.isNaN(time) ? '' : (value as Date).toISOString();
    return /^(?!0000)\d{4}-/.test(text) ? text : refuse(problems, EXPECTS, value);
  },
  fromJson(json) {
    const match = typeof json === 'string' && FORM.exec(json);
    if (!match) return undefined;
    const [, day, minutes = '00:00', seconds = ':00', fraction = '', hours, rest] = match;
    const zone = hours === undefined ? 'Z' : `${hours}:${rest}`;
    const date = new Date(`${day}T${minutes}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
    return Number.isNaN(date.getTime()) ? undefined : date;
  },
});
