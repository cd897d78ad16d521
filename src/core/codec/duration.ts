import { type Kind, kind, refuse } from './kind.ts';

const EXPECTS = 'a number of seconds (at most 10,000 years)';
/** The maximum of a duration in protocol buffers. */
const LONGEST = 315_576_000_000;

/**
 * A duration in seconds, positive or negative, with a precision of a microsecond. In JSON `"5s"`, `"1.005s"`, `"-0.500s"`: with no
 * fraction, or three or six digits.
 */
export const duration: Kind<number> = /*#__PURE__*/ kind({
  type: 'duration',
  expects: EXPECTS,
  toJson(value, problems) {
    if (typeof value !== 'number' || !(Math.abs(value) <= LONGEST)) return refuse(problems, EXPECTS, value);
    const text = value.toFixed(6).replace(/\.?(000)+$/, '');
    return `${text === '-0' ? '0' : text}s`;
  },
  fromJson(json) {
    const match = typeof json === 'string' && /^([+-]?\d+)(\.\d+)?\s*s?$/.exec(json);
    // Digits after the sixth are truncated, not rounded, as in the official client.
    return match ? Number(`${match[1]}${match[2]?.slice(0, 7) ?? ''}`) : typeof json === 'number' ? json : undefined;
  },
});
