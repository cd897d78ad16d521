import { isReplayable } from '../../bytes/sources.ts';
import type { ByteSource, StateStore } from '../../platform.ts';
import { redact } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { fingerprint, fitsOneRequest, type StoredUpload, usableUpload } from './resume.ts';

/** What one upload records for a later process. */
export interface UploadRecord {
  /** What an earlier process left of the same upload of the same content. */
  readonly previous: StoredUpload | undefined;
  /** Saves the state. `crc32c`: that of the whole content, if known, so that the file need not be read again. */
  save(entry: Omit<StoredUpload, 'source'>, crc32c?: Uint8Array): Promise<void>;
  forget(): Promise<void>;
}

/**
 * What a job (one dataset, one file) records between processes. A failing store never fails the transfer: the failure is logged, and from
 * then on nothing is recorded.
 */
export interface Journal {
  /** The record of one file; `undefined` for a source that another process could not recognize. */
  upload(source: ByteSource, name: string): Promise<UploadRecord | undefined>;
  /** The job's own record. */
  note(): Promise<unknown>;
  /** Saves the job's own record. Returns whether it was saved. */
  setNote(value: unknown): Promise<boolean>;
  clearNote(): Promise<void>;
  /**
   * The call that uses the tokens was refused for good. Tokens of an earlier process may be the reason, so the next run does not use them.
   */
  refused(): Promise<void>;
  /** Deletes the records of the job and its files: their tokens are, or may be, used. */
  clear(files: readonly NamedSource[]): Promise<void>;
  /** Unlocks the job for other processes. */
  close(): Promise<void>;
}

const jobKey = (target: string) => `job:${target}`;
const sentKey = (target: string) => `sent:${target}`;
const uploadKey = (target: string, source: ByteSource, name: string) => `upload:${target}:${name}:${source.key}`;

interface NamedSource {
  readonly name: string;
  readonly source: ByteSource;
}

/** One line of the list of small uploaded files. The last line of a file counts. */
interface SentFile {
  readonly file: string;
  /** Absent: the file counts as not uploaded. */
  readonly upload?: StoredUpload;
}

/**
 * Whether a file is recorded in the job's list. A small file is recorded when it was uploaded: a key for each would cost as much as
 * uploading it.
 */
const isListed = (state: StateStore, source: ByteSource) => state.append !== undefined && fitsOneRequest(source.size);

/**
 * Deletes all records of a job. The key that leads to its files goes last, so that a partial deletion misleads nobody.
 */
async function forgetJob(
  state: StateStore,
  target: string,
  files: readonly NamedSource[],
  remove: (key: string) => Promise<unknown>,
): Promise<void> {
  const own = files.filter(({ source }) => source.key !== undefined && !isListed(state, source));
  const keys = new Set(own.map(({ name, source }) => uploadKey(target, source, name)));
  if (state.append) keys.add(sentKey(target));
  await Promise.all([...keys].map(remove));
  await remove(jobKey(target));
}

/** Deletes what earlier processes left of a job that was done without it. Never fails. */
export async function discardJournal(
  client: KaggleClient,
  target: string,
  files: readonly NamedSource[],
): Promise<void> {
  const { state } = client.platform;
  if (state) await forgetJob(state, target, files, (key) => state.delete(key).catch(() => undefined));
}

/**
 * Opens the journal of the job called `target`. Returns `undefined` without a state store, or while another process has the job.
 */
export async function openJournal(client: KaggleClient, target: string): Promise<Journal | undefined> {
  const state = client.platform.state;
  if (!state) return undefined;
  let failed = false;
  const inherited = new Set<string>();
  const sent = new Map<string, StoredUpload | undefined>();

  async function use<T>(work: (store: StateStore) => Promise<T>): Promise<T | undefined> {
    if (failed) return undefined;
    try {
      return await work(state!);
    } catch (error) {
      failed = true;
      client.log(
        `cannot save the upload state: ${redact(String((error as Error)?.message ?? error))}; this upload cannot be resumed`,
      );
      return undefined;
    }
  }

  const noteKey = jobKey(target);
  let release: (() => Promise<void>) | undefined;
  if (state.claim) {
    release = await use((store) => store.claim!(noteKey));
    if (!release) {
      if (!failed)
        client.log(`cannot resume ${target}: another process is uploading it, or the state store cannot be locked`);
      return undefined;
    }
  }
  const lines = state.list ? await use((store) => store.list!(sentKey(target))) : [];
  for (const line of (lines ?? []) as (SentFile | null)[]) if (line) sent.set(line.file, line.upload);

  /** Saves the state of the file with this key; `undefined` deletes it. */
  async function keep(key: string, listed: boolean, upload: StoredUpload | undefined): Promise<void> {
    const line: SentFile = { file: key, ...(upload && { upload }) };
    if (listed) await use((store) => store.append!(sentKey(target), line));
    else await use((store) => (upload ? store.set(key, upload) : store.delete(key)));
  }

  return {
    async upload(source, name) {
      if (failed || source.key === undefined || !isReplayable(source)) return undefined;
      const key = uploadKey(target, source, name);
      const listed = isListed(state, source);
      const stored = listed ? sent.get(key) : await use((store) => store.get(key));
      let print: Promise<string> | undefined;
      const printOf = (crc32c?: Uint8Array) => (print ??= fingerprint(source, client.platform, crc32c));
      const previous = stored ? usableUpload(stored, await printOf(), client.clock.now()) : undefined;
      if (previous?.complete) inherited.add(key);
      // The content may have changed by the time it is sent.
      if (!previous) print = undefined;
      return {
        previous,
        async save(entry, crc32c) {
          await keep(key, listed, { source: await printOf(crc32c), ...entry });
        },
        async forget() {
          inherited.delete(key);
          if (!listed || sent.has(key)) await keep(key, listed, undefined);
        },
      };
    },
    note: () => use((store) => store.get(noteKey)),
    async setNote(value) {
      return (await use((store) => store.set(noteKey, value).then(() => true))) ?? false;
    },
    clearNote: async () => void (await use((store) => store.delete(noteKey))),
    async refused() {
      await Promise.all([...inherited].map((key) => keep(key, sent.has(key), undefined)));
      inherited.clear();
    },
    async clear(files) {
      sent.clear();
      await forgetJob(state, target, files, (key) => use((store) => store.delete(key)));
    },
    async close() {
      // The next process takes over a lock that cannot be removed.
      await release?.().catch(() => undefined);
    },
  };
}
