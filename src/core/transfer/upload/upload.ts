import { createHasher } from '../../hash/checksum.ts';
import { createCrc32c } from '../../hash/crc32c.ts';
import type { ByteSource } from '../../platform.ts';
import type { TransferOptions, Verified } from '../../progress.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { changesWhenParsed, parseWebUrl } from '../../web-url.ts';
import { budgetsOf } from '../budget.ts';
import { pauseFor } from '../pause.ts';
import { startProgress } from '../progress.ts';
import { startHash } from '../running-hash.ts';
import { joinSignals } from '../streams.ts';
import { createBodies } from './bodies.ts';
import type { UploadRecord } from './journal.ts';
import { requestSession, type SessionOutcome } from './request.ts';
import {
  advanceSession,
  defaultLimits,
  resumeSession,
  type SessionAction,
  type SessionEvent,
  type SessionLimits,
  startSession,
  type UploadSession,
} from './session.ts';
import { checkUnchanged, compareStored } from './stored.ts';
import { uploadError } from './upload-error.ts';

/** Options of an upload. */
export interface UploadOptions extends Omit<TransferOptions, 'concurrency'> {
  /**
   * Name of the file in progress events and errors.
   * @default the name of the source
   */
  file?: string | undefined;
  /**
   * Seconds without progress after which a request counts as lost; 0 for no limit. A large file is passed to the network in pieces of
   * up to 1 MiB: one has to be sent in this time.
   * @default 60
   */
  stallTimeout?: number | undefined;
  limits?: Partial<SessionLimits> | undefined;
  /**
   * The `identity` of the source when it was opened.
   * @default asked before the first byte is read
   */
  identity?: string | undefined;
  /** Where the upload is recorded for a later process. */
  record?: UploadRecord | undefined;
}

/** An uploaded file. */
export interface Uploaded {
  token: string;
  /** How the stored bytes were compared with the sent ones. */
  verified: Verified;
}

/** Fields of a StartBlobUpload request, besides size and modification time. */
export interface BlobStart {
  /** Purpose of the file. */
  type: 'DATASET' | 'MODEL' | 'INBOX' | 'COMPETITION_SOLUTION';
  /** Base name of the file. */
  name: string;
  /** Media type, if known. */
  contentType?: string;
}

/** Whole seconds since 1970, as Kaggle expects them; now if the source has no time. */
export function epochSeconds(date: Date | undefined): number {
  return Math.floor((date ?? new Date()).getTime() / 1000);
}

/**
 * Uploads `source` in a resumable session of the blob service and returns the token that create calls take. Survives lost
 * connections, busy servers and expired sessions, and compares the storage's checksum with its own.
 *
 * @throws `TransferError` if it fails after all retries or the file changed; `IntegrityError` if the storage has other bytes.
 * @throws What StartBlobUpload throws, and the reason of the signal if it is aborted.
 */
export function uploadBlob(
  client: KaggleClient,
  source: ByteSource,
  start: BlobStart,
  options: UploadOptions = {},
): Promise<Uploaded> {
  const request = {
    type: start.type,
    name: start.name,
    ...(start.contentType !== undefined && { contentType: start.contentType }),
    ...(source.size > 0 && { contentLength: source.size }),
    lastModifiedEpochSeconds: epochSeconds(source.lastModified),
  };
  // Starting two sessions does no harm: the unused one expires.
  const open = (signal: AbortSignal): Promise<UploadSession> =>
    client.call('blobs.BlobApiService', 'StartBlobUpload', request, { signal, retry: 4 });
  return uploadTo(client, source, open, { file: start.name, ...options });
}

/** Like `uploadBlob`, with a session from `open`, which is called again if a session expires. */
export async function uploadTo(
  client: KaggleClient,
  source: ByteSource,
  open: (signal: AbortSignal) => Promise<UploadSession>,
  options: UploadOptions,
): Promise<Uploaded> {
  const { size } = source;
  const file = options.file ?? source.name ?? 'unnamed file';
  // Two parts fit into the memory of all uploads.
  const partSize = Math.min(defaultLimits.partSize, budgetsOf(client).memory.capacity / 2);
  const limits = { ...defaultLimits, partSize, ...options.limits };
  const signal = joinSignals(client.signal, options.signal);
  const progress = startProgress(file, 'upload', options.onProgress);
  const { record } = options;
  const previous = record?.previous;
  if (previous?.complete) {
    signal.throwIfAborted();
    const { verified = 'length' } = previous;
    progress.done(size, verified);
    return { token: previous.session.token, verified };
  }
  const hashed = previous?.hashed;
  const hash = hashed
    ? startHash(createCrc32c(hashed.crc32c), hashed.bytes)
    : startHash(createHasher(client.platform, 'crc32c'));
  const fixed = options.limits?.partSize !== undefined;
  const bodies = createBodies(client, source, file, hash, { partSize: limits.partSize, fixed });
  const identity = options.identity ?? (await source.identity?.());
  let session: UploadSession = { token: '', createUrl: '' };
  let opened = 0;
  let resumedAt = 0;
  let discard = false;
  let last: SessionOutcome | undefined;
  let retrying = false;
  let putFailed = false;

  function use(next: UploadSession, since: number): void {
    session = next;
    opened = since;
    bodies.chooseStrategyFor(session.createUrl, putFailed);
  }

  async function request(action: SessionAction & { type: 'send' | 'query' }): Promise<SessionEvent> {
    const sends = action.type === 'send' ? action : undefined;
    const body = sends && (await bodies.body(sends.from, sends.to, signal));
    if (sends && retrying) progress.retried();
    if (sends) retrying = false;
    const range = sends ? `${sends.from}-${sends.to - 1}` : '*';
    const release = await budgetsOf(client).connections.take(1, signal);
    const started = client.clock.now();
    try {
      last = await requestSession(
        client,
        {
          url: session.createUrl,
          body,
          contentRange: sends && !sends.ranged ? undefined : `bytes ${range}/${size}`,
          stallTimeout: options.stallTimeout ?? 60,
          onSent: (bytes) => progress.report((sends?.from ?? 0) + bytes, size),
        },
        signal,
      );
    } finally {
      release();
    }
    const { event, sent, unreachable } = last;
    if (unreachable) {
      putFailed = true;
      bodies.chooseStrategyFor(session.createUrl, putFailed);
    }
    const failed = !(event.type === 'answer' && [200, 201, 308].includes(event.status));
    retrying ||= failed;
    if (!sends) return event;
    bodies.recordDuration(client.clock.now() - started, failed);
    return { ...event, partSize: bodies.partSize, sent: sends.from + sent };
  }

  /** After an abort: records how far the file was hashed, so that the next process need not read it again from its start. */
  async function saveHash(): Promise<void> {
    await bodies.hashed().catch(() => undefined);
    const { position } = hash;
    const crc = new DataView(new Uint8Array(await hash.digest()).buffer).getUint32(0);
    await record?.save({ session, opened, complete: false, hashed: { bytes: position, crc32c: crc } });
  }

  try {
    let { state, action } = previous ? resumeSession(size, limits) : startSession(size, limits);
    if (previous) {
      use(previous.session, previous.opened);
      // No session is opened, so the part size is set here.
      state = { ...state, partSize: bodies.partSize };
    }
    while (action.type !== 'done') {
      signal.throwIfAborted();
      if (action.type === 'fail') {
        const fruitless = session === previous?.session && state.best <= resumedAt;
        discard = action.final || (fruitless && previous.fruitless === true);
        if (fruitless && !discard) await record?.save({ session, opened, complete: false, fruitless });
        const reason = last?.reason;
        const detail = reason instanceof Error ? ` (${reason.message})` : '';
        throw uploadError(file, `${action.message}${detail}; try again`, reason);
      }
      if (action.pause) await pauseFor(client, action.pause, signal);
      let event: SessionEvent;
      if (action.type === 'open') {
        use(checkSession(await open(signal), file), client.clock.now());
        // A file that fits one request is recorded when it is stored: before that there is nothing to resume.
        if (size > limits.partSize) await record?.save({ session, opened, complete: false });
        event = { type: 'opened', partSize: bodies.partSize };
      } else event = await request(action);
      const first = state.inherited;
      ({ state, action } = advanceSession(state, event));
      if (first) resumedAt = state.best;
      // Report a file of several requests immediately: its rate is measured from here.
      if (event.type !== 'opened' || size > limits.partSize) progress.report(state.committed, size);
    }
    await bodies.hashed();
    discard = true;
    await checkUnchanged(source, identity, file);
    const ours = { crc32c: hash, whole: bodies.whole() };
    const verified = await compareStored(client, source, file, last?.sums ?? {}, ours, signal);
    discard = false;
    const sum = hash.position === size ? await hash.digest() : undefined;
    await record?.save({ session, opened, complete: true, verified }, sum);
    progress.done(size, verified);
    return { token: session.token, verified };
  } catch (error) {
    if (signal.aborted && session.token && size > limits.partSize) await saveHash();
    throw error;
  } finally {
    bodies.release();
    if (discard && !signal.aborted) await record?.forget();
  }
}

function checkSession(session: UploadSession, file: string): UploadSession {
  if (session?.token && parseWebUrl(session.createUrl) && !changesWhenParsed(session.createUrl)) return session;
  throw uploadError(file, 'the server returned no valid upload URL; try again');
}
