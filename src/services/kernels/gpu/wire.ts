import { isRecord, shown } from '../../../core/options/field.ts';

/** Keys that lead to a part of a value. */
type Path = readonly (string | number)[];

/**
 * A value as JSON, with `null` in place of what JSON lacks: byte arrays (with their lengths; their bytes follow each other) and numbers
 * such as NaN.
 */
export interface Packed {
  /** Absent for `undefined`. */
  readonly value?: unknown;
  readonly bytes?: readonly (readonly [Path, number])[];
  readonly special?: readonly (readonly [Path, string])[];
}

/** A part of a value that cannot be sent. */
export interface Unsendable {
  /** Place in the value, such as `texts[3].id`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** `texts[3].id` */
export function pathText(path: readonly unknown[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text && '.'}${String(key)}`),
    '',
  );
}

const isBytes = (value: unknown): value is Uint8Array =>
  Object.prototype.toString.call(value) === '[object Uint8Array]';

const isDate = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]';

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) && typeof value.toJSON !== 'function' && typeof value.then !== 'function';

const expected = 'expected JSON or a Uint8Array';

/** Why a value cannot be sent, and what to pass instead. */
function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${expected}, got the bigint ${value}; pass a number or a string`;
  if (ArrayBuffer.isView(value)) return `${expected}, got ${shown(value)}; pass Array.from(array), or its bytes`;
  if (isDate(value)) return `${expected}, got a Date; pass date.toISOString()`;
  if (isRecord(value) && typeof value.toJSON === 'function')
    return `${expected}, got an object with toJSON(); pass what that returns`;
  return `${expected}, got ${shown(value)}`;
}

/** Splits a value into JSON and bytes. `problems` lists what cannot be sent; nothing must be sent then. */
export function pack(value: unknown): { packed: Packed; blobs: Uint8Array[]; problems: Unsendable[] } {
  const blobs: Uint8Array[] = [];
  const problems: Unsendable[] = [];
  const bytes: [Path, number][] = [];
  const special: [Path, string][] = [];
  const parents = new Set<object>();

  function copyInto(item: object, path: Path): unknown {
    if (parents.has(item)) {
      problems.push({ path: pathText(path), message: `${expected}, got an object that contains itself` });
      return null;
    }
    parents.add(item);
    const copied = Array.isArray(item)
      ? Array.from(item, (each, index) => copy(each, [...path, index]))
      : Object.fromEntries(
          Object.entries(item)
            .filter(([, each]) => each !== undefined)
            .map(([key, each]) => [key, copy(each, [...path, key])]),
        );
    parents.delete(item);
    return copied;
  }

  function copy(item: unknown, path: Path): unknown {
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return item;
    if (typeof item === 'number') {
      if (Number.isFinite(item)) return item;
      special.push([path, String(item)]);
      return null;
    }
    if (isBytes(item)) {
      bytes.push([path, item.length]);
      blobs.push(item);
      return null;
    }
    if (Array.isArray(item) || isPlain(item)) return copyInto(item, path);
    problems.push({ path: pathText(path), message: describe(item) });
    return null;
  }

  try {
    const packed = { ...(value !== undefined && { value: copy(value, []) }), bytes, special };
    return { packed, blobs, problems };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { packed: {}, blobs, problems: [{ path: '', message: `${expected}, got one that is nested too deeply` }] };
  }
}

/** The content of a file: one line of JSON, then the bytes. */
export function toContent(head: object, blobs: readonly Uint8Array[]): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const content = new Uint8Array(blobs.reduce((sum, blob) => sum + blob.length, line.length));
  let at = 0;
  for (const part of [line, ...blobs]) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}

/** Replaces the part of `root` at `path`, which exists. */
function replace(root: { value: unknown }, path: Path, item: unknown): void {
  let parent: unknown = root;
  const keys = ['value', ...path];
  for (const key of keys.slice(0, -1)) parent = own(parent, key);
  own(parent, keys.at(-1)!);
  (parent as Record<string | number, unknown>)[keys.at(-1)!] = item;
}

function own(parent: unknown, key: string | number): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) {
    throw new SyntaxError(`no such place: ${String(key)}`);
  }
  return (parent as Record<string | number, unknown>)[key];
}

/** Parses the content of a file. Throws `SyntaxError` if it is damaged. */
export function fromContent<Head extends Packed>(content: Uint8Array): Head {
  const end = content.indexOf(10);
  if (end < 0) throw new SyntaxError('it is incomplete');
  const head = JSON.parse(new TextDecoder().decode(content.subarray(0, end))) as Head & { value: unknown };
  if (!isRecord(head)) throw new SyntaxError('it is not an object');
  let at = end + 1;
  for (const [path, length] of head.bytes ?? []) {
    if (at + length > content.length) throw new SyntaxError('it is incomplete');
    replace(head, path, content.slice(at, at + length));
    at += length;
  }
  for (const [path, text] of head.special ?? []) replace(head, path, Number(text));
  return head;
}
