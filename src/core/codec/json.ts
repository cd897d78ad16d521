import type { Json } from './message.ts';

/** JSON.rawJSON and the reviver's third argument, which TypeScript's library does not know yet. */
const support = JSON as unknown as {
  rawJSON?: (digits: string) => Json;
  parse(text: string, reviver: typeof exact): Json;
};

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
  // A reviver is slow, so it is used only where a number that long may be.
  return /\d{16}/.test(text) ? support.parse(text, exact) : JSON.parse(text);
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = typeof value === 'number' && !Number.isSafeInteger(value) ? context?.source : undefined;
  return source && /^-?\d+$/.test(source) ? source : value;
}
