/** Assertions that run on every runtime, and the loop that runs named cases there. */

/** Behaviours by name: each throws when the thing it is given does not have it. */
export type Cases<T> = Readonly<Record<string, (subject: T) => Promise<void>>>;

export interface Outcome {
  passed: number;
  /** A line for each case that failed. */
  failures: string[];
}

/** Throws unless both are the same JSON. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}

/** The message of the TransferError that `work` rejects with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { name, message } = error as Error;
    equal(name, 'TransferError', `the error is (${message})`);
    return message;
  }
  throw new Error('it did not fail');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** All bytes of a stream, by its reader: a `Response` would hide the stream's own error in Chromium. */
export async function bytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: BlobPart[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value as BlobPart);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Bytes without a short period. */
export function pattern(size: number): Uint8Array {
  const data = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) data[index] = index * 31 + (index >> 8);
  return data;
}

/** Runs all cases one after the other, each with a subject of its own. */
export async function runCases<T>(cases: Cases<T>, subject: () => T | Promise<T>, outcome: Outcome): Promise<void> {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run(await subject());
      outcome.passed += 1;
    } catch (error) {
      outcome.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
