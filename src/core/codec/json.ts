import type { Json } from './message.ts';

/** JSON.rawJSON, which TypeScript's library does not know yet. */
const support = JSON as unknown as { rawJSON?: (digits: string) => Json };

/**
 * A JSON number of the given digits. Not a value to calculate with. Where there is no JSON.rawJSON (no runtime that is
 * tested here) it is their string, which proto-JSON allows for 64-bit integers.
 */
export function bigInteger(digits: string): Json {
  return support.rawJSON?.(digits) ?? digits;
}

/** The digits inside a number made by `bigInteger`. */
export function digitsOf(json: unknown): string | undefined {
  return typeof json === 'object' ? (json as { rawJSON?: string } | null)?.rawJSON : undefined;
}

/**
 * JSON.parse that rounds no integer: one beyond 2^53-1 becomes the string of its digits.
 * Throws `SyntaxError` as JSON.parse does.
 */
export function parseJson(text: string): Json {
  return JSON.parse(/\d{16}/.test(text) ? quoteLongIntegers(text) : text);
}

/** Strings are matched whole, so digits inside them stay as they are. */
function quoteLongIntegers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}
