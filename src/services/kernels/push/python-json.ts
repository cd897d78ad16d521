/** A number as written: Python distinguishes `1.0` and `1`, JavaScript does not. */
class Numeral {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/**
 * Parses JSON for `stringifyLikePython`, keeping numbers as written if the runtime supports it. Throws `SyntaxError`.
 */
export function parseForPython(text: string): unknown {
  const keep: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
      ? new Numeral(context.source)
      : value;
  return JSON.parse(text, keep);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Serializes JSON as Python's `json.dumps` does: a space after `,` and `:`, and everything beyond ASCII escaped. The official
 * client re-serializes notebooks this way, so that the server stores the same text for both.
 */
export function stringifyLikePython(value: unknown): string {
  if (value instanceof Numeral) return value.source;
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(stringifyLikePython).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${fields.map(([key, item]) => `${quote(key)}: ${stringifyLikePython(item)}`).join(', ')}}`;
}
