import { isReplayable } from '../../bytes/sources.ts';
import type { ByteSource, StateStore } from '../../platform.ts';
import { redact } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { fingerprint, type StoredUpload, usableUpload } from './resume.ts';

/** What an upload remembers of itself for the process after this one. */
export interface UploadRecord {
  /** What an earlier process left of the same upload of the same content. */
  readonly previous: StoredUpload | undefined;
  save(entry: Omit<StoredUpload, 'source'>): Promise<void>;
  forget(): Promise<void>;
}

/**
 * What a job (one dataset, one file) remembers between processes. A store that fails costs the memory, never the
 * transfer: it is logged, and from then on nothing is remembered.
 */
export interface Journal {
  /** The record of one file; `undefined` for a source that another process could not recognise. */
  upload(source: ByteSource, name: string): Promise<UploadRecord | undefined>;
  /** What the job itself noted. */
  note(): Promise<unknown>;
  /** Keeps a note. Resolves to whether it is kept. */
  setNote(value: unknown): Promise<boolean>;
  clearNote(): Promise<void>;
  /** The files that were recorded before this process count as unsent from now on: their tokens may be used up. */
  distrust(): void;
  /**
   * The call that was to use the tokens was refused for good: those that an earlier process left may be the reason,
   * so the next run does not trust them.
   */
  refused(): Promise<void>;
  /** Forgets the job and its files: their tokens were used. */
  clear(files: readonly NamedSource[]): Promise<void>;
  /** Lets another process have the job. */
  close(): Promise<void>;
}

const jobKey = (target: string) => `job:${target}`;
const uploadKey = (target: string, source: ByteSource, name: string) => `upload:${target}:${name}:${source.key}`;

interface NamedSource {
  readonly name: string;
  readonly source: ByteSource;
}

/** All that is kept of a job. */
function keysOf(target: string, files: readonly NamedSource[]): Set<string> {
  const known = files.filter(({ source }) => source.key !== undefined);
  return new Set([...known.map(({ name, source }) => uploadKey(target, source, name)), jobKey(target)]);
}

/** Throws away what earlier processes left of a job that was done without them. Never fails. */
export async function discardJournal(
  client: KaggleClient,
  target: string,
  files: readonly NamedSource[],
): Promise<void> {
  const { state } = client.platform;
  if (state) await Promise.allSettled([...keysOf(target, files)].map((key) => state.delete(key)));
}

/**
 * Opens the journal of a job, named by `target`. `undefined` where there is no state, or while another process has the
 * same job: then it is done without.
 */
export async function openJournal(client: KaggleClient, target: string): Promise<Journal | undefined> {
  const state = client.platform.state;
  if (!state) return undefined;
  let broken = false;
  let trusting = true;
  const inherited = new Set<string>();

  async function use<T>(work: (store: StateStore) => Promise<T>): Promise<T | undefined> {
    if (broken) return undefined;
    try {
      return await work(state!);
    } catch (error) {
      broken = true;
      client.log(
        `upload state could not be saved; this upload cannot be resumed: ${redact(String((error as Error)?.message ?? error))}`,
      );
      return undefined;
    }
  }

  async function drop(keys: Set<string>): Promise<void> {
    await Promise.all([...keys].map((key) => use((store) => store.delete(key))));
    keys.clear();
  }

  const noteKey = jobKey(target);
  let release: (() => Promise<void>) | undefined;
  if (state.claim) {
    release = await use((store) => store.claim!(noteKey));
    if (!release) {
      if (!broken) client.log(`${target}: not resumable: another process is uploading it, or no state can be saved`);
      return undefined;
    }
  }

  return {
    async upload(source, name) {
      if (broken || source.key === undefined || !isReplayable(source)) return undefined;
      const key = uploadKey(target, source, name);
      const [stored, print] = [await use((store) => store.get(key)), await fingerprint(source, client.platform)];
      if (print === undefined) return undefined;
      const previous = trusting ? usableUpload(stored, print, client.clock.now()) : undefined;
      if (previous?.complete) inherited.add(key);
      return {
        previous,
        async save(entry) {
          await use((store) => store.set(key, { source: print, ...entry }));
        },
        async forget() {
          inherited.delete(key);
          await use((store) => store.delete(key));
        },
      };
    },
    note: () => use((store) => store.get(noteKey)),
    async setNote(value) {
      return (await use((store) => store.set(noteKey, value).then(() => true))) ?? false;
    },
    clearNote: async () => void (await use((store) => store.delete(noteKey))),
    distrust() {
      trusting = false;
    },
    refused: () => drop(inherited),
    clear: (files) => drop(keysOf(target, files)),
    async close() {
      // A lock that cannot be removed is taken over by the next process.
      await release?.().catch(() => undefined);
    },
  };
}
