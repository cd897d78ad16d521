import type { ParquetParsers, SchemaElement } from 'hyparquet';

const day = 86_400_000;

/** Formats a point in time that is given in units of 10^-`digits` seconds, without rounding. */
function timestamp(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const rest = ((value % unit) + unit) % unit;
  const seconds = (value - rest) / unit;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${value} (${digits === 3 ? 'ms' : digits === 6 ? 'µs' : 'ns'} since 1970)`;
  const fraction =
    rest === 0n
      ? ''
      : `.${String(rest)
          .padStart(digits, '0')
          .replace(/(?:000)+$/, '')}`;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$/, fraction);
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const hex = [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `0x${hex}${bytes.length > 32 ? `… (${bytes.length} bytes)` : ''}`;
  }
}

/** Parsers that return texts for types that `Date` and `number` would round. */
export const exactParsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value) => (value === undefined ? undefined : timestamp(BigInt(value), 3)),
  timestampFromMicroseconds: (value) => (value === undefined ? undefined : timestamp(BigInt(value), 6)),
  timestampFromNanoseconds: (value) => (value === undefined ? undefined : timestamp(BigInt(value), 9)),
  dateFromDays: (days) => {
    const date = new Date(days * day);
    return days === undefined || Number.isNaN(date.getTime()) ? days : date.toISOString().slice(0, 10);
  },
  // Invalid JSON in one cell must not fail the column.
  jsonFromBytes: (bytes) => bytes && bytesText(bytes),
};

/** An integer, or its big-endian bytes, as a `bigint`. */
function toInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > 64) return undefined;
  let result = BigInt.asIntN(8, BigInt(value[0]!));
  for (const byte of value.subarray(1)) result = (result << 8n) | BigInt(byte);
  return result;
}

/** Formats `value` / 10^`scale` exactly. */
export function formatDecimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

function time(value: unknown, digits: number): string {
  const units = toInteger(value);
  return units === undefined ? String(value) : timestamp(units, digits).slice(11);
}

/** How the values of a column are formatted. */
export type CellFormat = (value: unknown) => string;

/**
 * Returns the format of a top-level column, and changes the element so that hyparquet returns what the format needs: unscaled
 * decimals, and raw bytes for types that it does not support.
 */
export function prepareElement(element: SchemaElement): CellFormat {
  const { converted_type: converted, logical_type: logical, scale = 0 } = element;
  if (converted === 'BSON' || converted === 'INTERVAL') {
    delete element.converted_type;
    delete element.logical_type;
  }
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    delete element.converted_type;
    delete element.logical_type;
    return (value) => {
      const integer = toInteger(value);
      return integer === undefined ? formatValue(value) : formatDecimal(integer, scale);
    };
  }
  if (converted === 'TIME_MILLIS') return (value) => time(value, 3);
  if (converted === 'TIME_MICROS') return (value) => time(value, 6);
  return formatValue;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return timestamp(BigInt(value.getTime()), 3);
  if (value instanceof Uint8Array) return bytesText(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

/** Formats a value of any type: nested ones as JSON, none as an empty text. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  const simple = plain(value);
  if (typeof simple !== 'object' || simple === null) return String(typeof value === 'bigint' ? value : simple);
  return JSON.stringify(simple, (_, inner) => plain(inner)) ?? '';
}

/** Describes the type of a column: `timestamp (UTC)`, `decimal(10, 2)`, `list`. */
export function typeName(element: SchemaElement, isGroup: boolean): string {
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type ?? converted;
  if (kind === 'DECIMAL') return `decimal(${element.precision ?? '?'}, ${element.scale ?? 0})`;
  if (logical?.type === 'TIMESTAMP') return `timestamp${logical.isAdjustedToUTC ? ' (UTC)' : ''}`;
  if (/^TIME/.test(kind ?? '')) return kind!.toLowerCase().replace(/_.*/, '');
  if (kind === 'UTF8' || kind === 'STRING') return 'string';
  if (kind === 'INTEGER' && logical?.type === 'INTEGER') return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}`;
  if (isGroup) return kind ? kind.toLowerCase() : element.repetition_type === 'REPEATED' ? 'list' : 'struct';
  return (kind ?? type ?? 'unknown').toLowerCase();
}
