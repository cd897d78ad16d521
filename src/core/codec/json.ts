import type { Json } from './message.ts';

/** JSON.rawJSON and the reviver's third argument, which TypeScript's library does not know yet. */
interface RawJsonSupport {
  rawJSON?: (text: string) => unknown;
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): Json;
}
const support = JSON as unknown as RawJsonSupport;

/** Stands for a number of many digits where the runtime has no JSON.rawJSON. */
class RawNumber {
  readonly rawJSON: string;
  constructor(digits: string) {
    this.rawJSON = digits;
  }
}

/** A JSON number of the given digits, for `stringifyJson`. Not a value to calculate with. */
export function bigInteger(digits: string): Json {
  return (support.rawJSON ? support.rawJSON(digits) : new RawNumber(digits)) as Json;
}

/** The digits inside a number made by `bigInteger`. */
export function digitsOf(json: unknown): string | undefined {
  return typeof json === 'object' ? (json as Partial<RawNumber> | null)?.rawJSON : undefined;
}

/**
 * JSON.parse that rounds no integer: one beyond 2^53-1 becomes the string of its digits.
 * Throws `SyntaxError` as JSON.parse does.
 */
export function parseJson(text: string): Json {
  // A reviver is slow, so it is used only where a number that long may be.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  let sourceless = false;
  const value = support.parse(text, (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    if (context?.source === undefined) sourceless = true;
    else if (isInteger(context.source)) return context.source;
    return value;
  });
  return sourceless ? JSON.parse(quoteLongIntegers(text)) : value;
}

/** JSON.stringify that writes the numbers made by `bigInteger` as numbers. */
export function stringifyJson(value: unknown): string {
  return support.rawJSON ? JSON.stringify(value) : write(value);
}

function isInteger(source: string): boolean {
  return /^-?\d+$/.test(source);
}

/** Strings are matched whole, so digits inside them stay as they are. */
function quoteLongIntegers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    isInteger(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

function write(value: unknown): string {
  if (value instanceof RawNumber) return value.rawJSON;
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : write(item)))}]`;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, item]) => !['undefined', 'function', 'symbol'].includes(typeof item));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`)}}`;
}
