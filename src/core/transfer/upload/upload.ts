import { createHasher } from '../../hash/checksum.ts';
import type { ByteSource } from '../../platform.ts';
import type { TransferOptions, Verified } from '../../progress.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { parseWebUrl } from '../../web-url.ts';
import { budgetsOf } from '../budget.ts';
import { pauseFor } from '../pause.ts';
import { startProgress } from '../progress.ts';
import { joinSignals } from '../streams.ts';
import { createBodies } from './bodies.ts';
import type { UploadRecord } from './journal.ts';
import { requestSession, type SessionOutcome } from './request.ts';
import { startHash } from './running-hash.ts';
import {
  advance,
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

export interface UploadOptions extends Omit<TransferOptions, 'concurrency'> {
  /** What the file is called in progress and errors; default the name of the source. */
  file?: string | undefined;
  /**
   * Seconds without any progress after which a request counts as lost; default 60, 0 for no limit. A large file is
   * handed to the network in pieces of up to 1 MiB: that much has to go in this time.
   */
  stallTimeout?: number | undefined;
  limits?: Partial<SessionLimits> | undefined;
  /** What `identity` of the source said when it was opened; default: it is asked before the first byte is read. */
  identity?: string | undefined;
  /** Where the upload is remembered for the process after this one. */
  record?: UploadRecord | undefined;
}

export interface Uploaded {
  token: string;
  /** How the stored bytes were compared with ours: by the storage's checksum, or by their number only. */
  verified: Verified;
}

/** What StartBlobUpload is told about a file, beside size and time. */
export interface BlobStart {
  /** What the file is for. */
  type: 'DATASET' | 'MODEL' | 'INBOX' | 'COMPETITION_SOLUTION';
  /** Base name. */
  name: string;
  /** Media type, if known. */
  contentType?: string;
}

/** The whole seconds since 1970 that Kaggle wants; now, for a source that does not know. */
export function epochSeconds(date: Date | undefined): number {
  return Math.floor((date ?? new Date()).getTime() / 1000);
}

/**
 * Uploads `source` in a resumable session of the blob service and resolves to the token that create calls take.
 * Survives lost connections, busy servers and expired sessions; compares the storage's checksum with its own.
 * Throws `TransferError` (given up, or the file changed), `IntegrityError` (the storage has other bytes), and what the
 * call that starts a session throws. An abort rejects with the signal's reason.
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
  // Starting a session twice does no harm: the one that is not used expires.
  const open = (signal: AbortSignal): Promise<UploadSession> =>
    client.call('blobs.BlobApiService', 'StartBlobUpload', request, { signal, retry: 4 });
  return uploadTo(client, source, open, { file: start.name, ...options });
}

/** As `uploadBlob`, with a session that `open` gives; it is called again when a session has expired. */
export async function uploadTo(
  client: KaggleClient,
  source: ByteSource,
  open: (signal: AbortSignal) => Promise<UploadSession>,
  options: UploadOptions,
): Promise<Uploaded> {
  const { size } = source;
  const file = options.file ?? source.name ?? 'unnamed file';
  const limits = { ...defaultLimits, ...options.limits };
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
  const hash = startHash(createHasher(client.platform, 'crc32c'));
  const fixed = options.limits?.partSize !== undefined;
  const bodies = createBodies(client, source, file, hash, { partSize: limits.partSize, fixed });
  const identity = options.identity ?? (await source.identity?.());
  let session: UploadSession = { token: '', createUrl: '' };
  let opened = 0;
  let resumedAt = 0;
  let worthless = false;
  let last: SessionOutcome | undefined;
  let retrying = false;
  let putFails = false;

  function use(next: UploadSession, since: number): void {
    session = next;
    opened = since;
    bodies.address(session.createUrl, putFails);
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
    const { event, sent, unreached } = last;
    if (unreached) {
      putFails = true;
      bodies.address(session.createUrl, putFails);
    }
    const failed = !(event.type === 'answer' && [200, 201, 308].includes(event.status));
    retrying ||= failed;
    if (!sends) return event;
    bodies.measured(client.clock.now() - started, failed);
    return { ...event, partSize: bodies.partSize, sent: sends.from + sent };
  }

  try {
    let { state, action } = previous ? resumeSession(size, limits) : startSession(size, limits);
    if (previous) {
      use(previous.session, previous.opened);
      // With a session that is there already, nothing else says how large the parts are.
      state = { ...state, partSize: bodies.partSize };
    }
    while (action.type !== 'done') {
      signal.throwIfAborted();
      if (action.type === 'fail') {
        const fruitless = session === previous?.session && state.best <= resumedAt;
        worthless = action.final || (fruitless && previous.fruitless === true);
        if (fruitless && !worthless) await record?.save({ session, opened, complete: false, fruitless });
        const reason = last?.reason;
        const detail = reason instanceof Error ? ` (${reason.message})` : '';
        throw uploadError(file, `${action.message}${detail}; try again`, reason);
      }
      if (action.pause) await pauseFor(client, action.pause, signal);
      let event: SessionEvent;
      if (action.type === 'open') {
        use(checkSession(await open(signal), file), client.clock.now());
        // A file of one request is remembered when it is stored: before that there is nothing to go on with.
        if (size > limits.partSize) await record?.save({ session, opened, complete: false });
        event = { type: 'opened', partSize: bodies.partSize };
      } else event = await request(action);
      const first = state.inherited;
      ({ state, action } = advance(state, event));
      if (first) resumedAt = state.best;
      // A file of several requests shows at once, and its rate is taken from here.
      if (event.type !== 'opened' || size > limits.partSize) progress.report(state.committed, size);
    }
    await bodies.hashed();
    worthless = true;
    await checkUnchanged(source, identity, file);
    const ours = { crc32c: hash, whole: bodies.whole() };
    const verified = await compareStored(client, source, file, last?.sums ?? {}, ours, signal);
    worthless = false;
    const sum = hash.position === size ? await hash.digest() : undefined;
    await record?.save({ session, opened, complete: true, verified }, sum);
    progress.done(size, verified);
    return { token: session.token, verified };
  } finally {
    bodies.release();
    if (worthless && !signal.aborted) await record?.forget();
  }
}

function checkSession(session: UploadSession, file: string): UploadSession {
  if (session?.token && parseWebUrl(session.createUrl)) return session;
  throw uploadError(file, 'the server returned no valid upload URL; try again');
}
