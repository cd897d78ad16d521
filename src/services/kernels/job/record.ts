import { KaggleError } from '../../../core/errors.ts';
import type { StateStore } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';

/** What the state store holds of a key. */
export type StartRecord =
  /** The push is about to be sent, or was sent. */
  | {
      readonly type: 'pending';
      /** Latest version before the push, by `owner/slug` of the kernels that may get the version. */
      readonly before: Readonly<Record<string, number>>;
      /** Time of the last attempt in milliseconds since 1970. */
      readonly at: number;
      /** Nonces of the attempts that were not refused; all attempts if absent. */
      readonly nonces?: readonly string[] | undefined;
      /** Seconds to search for the version. @default a minute */
      readonly patience?: number | undefined;
    }
  /** Kaggle refused the push: versions with the mark, if any, have no run. */
  | { readonly type: 'refused' }
  /** The run was started. */
  | { readonly type: 'started'; readonly id: string; readonly content: string };

function isCounts(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every(Number.isSafeInteger);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function parse(value: unknown): StartRecord | undefined {
  const { type, before, at, nonces, patience, id, content } = (value ?? {}) as Record<string, unknown>;
  if (type === 'refused') return { type };
  if (type === 'pending' && isCounts(before) && typeof at === 'number') {
    return { type, before, at, ...(isTexts(nonces) && { nonces }), ...(typeof patience === 'number' && { patience }) };
  }
  if (type === 'started' && typeof id === 'string' && typeof content === 'string') return { type, id, content };
  return undefined;
}

/** The records of one key. Failures of the store reject with an error that names the key. */
export interface Records {
  /** `undefined` if there is none, or it is damaged. */
  read(): Promise<StartRecord | undefined>;
  write(record: StartRecord): Promise<void>;
}

/** Records of clients without a state store, for the time of the process. */
const inMemory = new WeakMap<KaggleClient, Map<string, unknown>>();

function memoryOf(client: KaggleClient): Pick<StateStore, 'get' | 'set'> {
  const values = inMemory.get(client) ?? new Map<string, unknown>();
  inMemory.set(client, values);
  return { get: async (name) => values.get(name), set: async (name, value) => void values.set(name, value) };
}

/** An error of the state store, before anything was pushed. */
export function storeError(key: string, cause: unknown): KaggleError {
  const why = String((cause as Error)?.message ?? cause);
  return new KaggleError(
    (name) =>
      `cannot start the job with the key ${JSON.stringify(key)}: the state store failed (${why}); nothing was pushed; repair ` +
      `the store, or omit ${name('key')}`,
    { cause },
  );
}

/** The records of `key`, under `name` in the state store. */
export function recordsOf(client: KaggleClient, name: string, key: string): Records {
  const store = client.platform.state ?? memoryOf(client);
  const failed = (error: unknown): never => {
    throw storeError(key, error);
  };
  return {
    read: async () => parse(await store.get(name).catch(failed)),
    write: (record) => store.set(name, record).catch(failed),
  };
}
