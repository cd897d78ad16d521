/** Assertions without a test framework: the cases also run in workerd and in Chromium. */

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 400 ? `${value.slice(0, 400)}...` : value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}

/** Throws unless `condition` holds; `what` says what should have been so. */
export function ok(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`not so: ${what}`);
}

/** The value with the keys of objects sorted, so that equal values have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Throws unless both values are equal as JSON, whatever the order of keys; a key that is `undefined` is not there. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(sorted(actual)) === JSON.stringify(sorted(expected))) return;
  throw new Error(`${what}: got ${show(actual)}, expected ${show(expected)}`);
}

export function includes(text: string, part: string, what: string): void {
  if (!text.includes(part)) throw new Error(`${what}: ${show(part)} is not in ${show(text)}`);
}

export function excludes(text: string, part: string, what: string): void {
  if (text.includes(part)) throw new Error(`${what}: ${show(part)} is in ${show(text)}`);
}

/** What a rejected call says of itself. */
export interface Failure {
  error: Error;
  name: string;
  message: string;
  /** The error's own fields, for example `status` and `issues`. */
  // biome-ignore lint/suspicious/noExplicitAny: each class of error has fields of its own
  fields: any;
}

/** What `work` rejects with; with `name`, that must be the error's name. Fails when the work succeeds. */
export async function rejection(work: Promise<unknown> | (() => Promise<unknown>), name?: string): Promise<Failure> {
  let result: unknown;
  try {
    result = await (typeof work === 'function' ? work() : work);
  } catch (error) {
    const failure = error as Error;
    if (name !== undefined && failure?.name !== name) {
      throw new Error(`rejected with ${failure?.name}, expected ${name}: ${failure?.message}`, { cause: error });
    }
    return { error: failure, name: failure?.name, message: failure?.message ?? String(error), fields: failure };
  }
  throw new Error(`succeeded with ${show(result)}, expected ${name ?? 'an error'}`);
}

/** All that an error shows of itself: message, stack, own fields, and those of its causes. */
export function everythingOf(error: unknown): string {
  const parts: string[] = [];
  for (let item = error as Error | undefined; item instanceof Error; item = item.cause as Error | undefined) {
    parts.push(String(item), item.stack ?? '', JSON.stringify(item));
    for (const key of Object.getOwnPropertyNames(item)) {
      const value = (item as unknown as Record<string, unknown>)[key];
      if (typeof value === 'string' || (typeof value === 'object' && !(value instanceof Error))) {
        parts.push(safeJson(value));
      }
    }
  }
  return parts.join('\n');
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return String(value);
  }
}

/** Collects an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Bytes without a short period, so that a swapped part shows. */
export function pattern(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0 || 1;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[index] = state;
  }
  const bytes = new Uint8Array(words.buffer);
  return bytes.length === size ? bytes : bytes.slice(0, size);
}

/** The SHA-256 of bytes, in hex: how large contents are compared. */
export async function sha256(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
