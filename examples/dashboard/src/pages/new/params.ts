import type { Json } from 'kaggle-ts/browser';

/** A parameter as it was typed. */
export interface ParamRow {
  name: string;
  value: string;
}

/** Parameters as they were typed: rows of names and values, or one JSON text. */
export interface Params {
  mode: 'rows' | 'json';
  rows: readonly ParamRow[];
  json: string;
}

export const noParams: Params = { mode: 'rows', rows: [], json: '' };

/** Parsed parameters, or why they cannot be parsed: for the JSON text, or by index of the row. */
export interface ParsedParams {
  /** `undefined` if there are none. */
  value: Json | undefined;
  error?: string;
  rowErrors: Readonly<Record<number, { name?: string; value?: string }>>;
}

/** A value is JSON if it is valid JSON, else the text itself, so that a name needs no quotes. */
export function parseValue(text: string): { value: Json; error?: string } {
  const trimmed = text.trim();
  try {
    return { value: JSON.parse(trimmed) };
  } catch {
    // A broken list, object or string was meant as JSON.
    if (/^["[{]/.test(trimmed)) return { value: text, error: 'expected JSON; check the quotes and brackets' };
    return { value: text };
  }
}

function parseRows(rows: readonly ParamRow[]): ParsedParams {
  const value: Record<string, Json> = {};
  const rowErrors: Record<number, { name?: string; value?: string }> = {};
  for (const [index, { name, value: text }] of rows.entries()) {
    const key = name.trim();
    if (key === '' && text.trim() === '') continue;
    const parsed = parseValue(text);
    const errors: { name?: string; value?: string } = {};
    if (key === '') errors.name = 'expected a name';
    else if (Object.hasOwn(value, key)) errors.name = `"${key}" is given twice`;
    if (parsed.error) errors.value = parsed.error;
    if (Object.keys(errors).length > 0) rowErrors[index] = errors;
    Object.defineProperty(value, key, { value: parsed.value, enumerable: true, configurable: true, writable: true });
  }
  return { value: Object.keys(value).length > 0 ? value : undefined, rowErrors };
}

/** Parses parameters for the request. */
export function parseParams({ mode, rows, json }: Params): ParsedParams {
  if (mode === 'rows') return parseRows(rows);
  if (json.trim() === '') return { value: undefined, rowErrors: {} };
  try {
    return { value: JSON.parse(json), rowErrors: {} };
  } catch (error) {
    return { value: undefined, error: `expected JSON: ${(error as Error).message}`, rowErrors: {} };
  }
}

const isTable = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How a value is typed: a text that is not taken for other JSON stands without quotes. */
function typed(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const { value: read, error } = parseValue(value);
  return read === value && !error && value.trim() === value ? value : JSON.stringify(value);
}

/** The form of parameters of an earlier run: rows for an object, else JSON. */
export function paramsOf(value: Json | undefined): Params {
  if (value === undefined) return noParams;
  const json = JSON.stringify(value, null, 2);
  if (!isTable(value)) return { mode: 'json', rows: [], json };
  return { mode: 'rows', rows: Object.entries(value).map(([name, item]) => ({ name, value: typed(item) })), json };
}

/** Shows the parameters in the other form. Those that cannot be converted stay as they are. */
export function switchMode(params: Params, mode: Params['mode']): Params {
  const { value, error, rowErrors } = parseParams(params);
  if (mode === params.mode || error || Object.keys(rowErrors).length > 0) return params;
  if (mode === 'json') return { ...params, mode, json: value === undefined ? '' : JSON.stringify(value, null, 2) };
  return value === undefined || isTable(value) ? { ...paramsOf(value ?? {}), json: params.json } : params;
}
