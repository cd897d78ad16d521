import type { Json } from './message.ts';

/** JSON.rawJSON and the third argument of revivers, which TypeScript's library does not declare yet. */
const support = JSON as unknown as {
  rawJSON?: (digits: string) => Json;
  parse(text: string, reviver: typeof exact): Json;
};

/**
 * Returns a JSON number with these digits, for serialization only. On runtimes without JSON.rawJSON (none that is tested) it is a
 * string, which proto-JSON allows for 64-bit integers.
 */
export function bigInteger(digits: string): Json {
  return support.rawJSON?.(digits) ?? digits;
}

/** The digits of a number made by `bigInteger`. */
export function digitsOf(json: unknown): string | undefined {
  return typeof json === 'object' ? (json as { rawJSON?: string } | null)?.rawJSON : undefined;
}

/**
 * JSON.parse without rounding integers: one beyond 2^53-1 becomes a string of its digits. Throws `SyntaxError`, as JSON.parse
 * does.
 */
export function parseJson(text: string): Json {
  // A reviver is slow, so it is used only if the text may contain a number that long.
  return /\d{16}/.test(text) ? support.parse(text, exact) : JSON.parse(text);
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = typeof value === 'number' && !Number.isSafeInteger(value) ? context?.source : undefined;
  return source && /^-?\d+$/.test(source) ? source : value;
}
