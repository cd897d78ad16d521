import type { KaggleClient } from '../client.ts';
import { IntegrityError, TransferError } from '../errors.ts';
import type { ByteSource, Hasher } from '../platform.ts';
import type { TransferOptions } from '../progress.ts';
import { redact } from '../redact.ts';
import { uploadBudget } from './budget.ts';
import { base64, type Checksums, createHasher, type Verified } from './checksum.ts';
import { createPartReader, type PartReader } from './part-reader.ts';
import { pauseFor, type Sleep } from './pause.ts';
import { startProgress } from './progress.ts';
import { putToSession } from './put.ts';
import { defaultLimits, nextStep, type SessionLimits, startSession } from './session.ts';
import { isReplayable } from './sources.ts';
import { joinSignals, readStream } from './streams.ts';

export interface UploadOptions extends Omit<TransferOptions, 'concurrency'> {
  /** What the file is called in progress and errors; default the name of the source. */
  file?: string;
  /** Seconds without any progress after which a request counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number;
  limits?: Partial<SessionLimits>;
  /** What `identity` of the source said when it was opened; default: it is asked before the first byte is read. */
  identity?: string;
  sleep?: Sleep;
}

/** Where the bytes of one file go, and the token that stands for them afterwards. */
export interface UploadSession {
  token: string;
  createUrl: string;
}

export interface Uploaded {
  token: string;
  /** How the stored bytes were compared with ours: by the storage's checksum, or by their number only. */
  verified: Verified;
}

/** What StartBlobUpload is told beside the length and the time. */
export interface BlobStart {
  type: 'DATASET' | 'MODEL' | 'INBOX' | 'COMPETITION_SOLUTION';
  /** Base name. */
  name: string;
  contentType?: string;
}

/** A link slower than this (bytes a second) is taken for a stalled one: a request shows no progress while it is sent. */
const slowest = 64 * 1024;

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
  const file = options.file ?? source.name ?? 'the file';
  const stall = options.stallTimeout ?? 60;
  const signal = joinSignals(client.signal, options.signal);
  const progress = startProgress(file, 'upload', options.onProgress);
  const hasher = createHasher(client.platform, 'crc32c');
  const reader = createPartReader(source, file, uploadBudget(client), hasher);
  const identity = options.identity ?? (await source.identity?.());
  let session: UploadSession = { token: '', createUrl: '' };
  let sums: Checksums = {};
  let reason: unknown;
  try {
    let { state, action } = startSession(size, { ...defaultLimits, ...options.limits });
    for (;;) {
      signal.throwIfAborted();
      if (action.type === 'done') break;
      if (action.type === 'fail') {
        const detail = reason instanceof Error ? ` (${redact(reason.message)})` : '';
        throw new TransferError(`uploading ${file} failed: ${action.message}${detail}`, { file, cause: reason });
      }
      if (action.pause) await pauseFor(action.pause, signal, options.sleep);
      if (action.type === 'open') {
        session = checkSession(await open(signal), file);
        ({ state, action } = nextStep(state, { type: 'opened' }));
        continue;
      }
      const sends = action.type === 'send' ? action : undefined;
      const body = sends && (await reader.read(sends.from, sends.to, signal));
      const range = sends ? `${sends.from}-${sends.to - 1}` : '*';
      const outcome = await putToSession(
        client,
        {
          url: session.createUrl,
          to: action.type,
          body,
          contentRange: sends && !sends.ranged ? undefined : `bytes ${range}/${size}`,
          stallTimeout: stall && stall + (body?.length ?? 0) / slowest,
        },
        signal,
      );
      ({ sums, reason } = outcome);
      ({ state, action } = nextStep(state, outcome.event));
      progress.report(state.committed, size);
    }
    await checkUnchanged(source, identity, file);
    const verified = await compare(client, source, reader, hasher, sums, file, signal);
    progress.done(size);
    return { token: session.token, verified };
  } finally {
    reader.release();
  }
}

function checkSession(session: UploadSession, file: string): UploadSession {
  if (session?.token && URL.canParse(session.createUrl) && /^https?:/i.test(session.createUrl)) return session;
  throw new TransferError(`uploading ${file} failed: the server gave no address to send it to`, { file });
}

async function checkUnchanged(source: ByteSource, before: string | undefined, file: string): Promise<void> {
  const now = await source.identity?.();
  if (now === before) return;
  throw new TransferError(`${file} changed during the upload: what was stored is a mixture, and is not used`, { file });
}

/** Compares the storage's checksum with that of the bytes that were sent; throws `IntegrityError`. */
async function compare(
  client: KaggleClient,
  source: ByteSource,
  reader: PartReader,
  crc32c: Hasher,
  sums: Checksums,
  file: string,
  signal: AbortSignal,
): Promise<Verified> {
  const check = (algorithm: 'crc32c' | 'md5', ours: Uint8Array): Verified => {
    if (base64(ours) === sums[algorithm]) return algorithm;
    const theirs = sums[algorithm];
    throw new IntegrityError(
      `${file} was stored damaged: its ${algorithm} is ${theirs}, that of the file is ${base64(ours)}`,
      { file },
    );
  };
  if (sums.crc32c) return check('crc32c', await crc32c.digest());
  if (!sums.md5) return 'length';
  const whole = reader.whole();
  const native = client.platform.hasher?.('md5');
  if (!whole && !(native && isReplayable(source))) return 'length';
  const md5 = native ?? createHasher(client.platform, 'md5');
  if (whole) await md5.update(whole);
  else await readStream(await source.slice(0, source.size), (chunk) => md5.update(chunk), signal);
  return check('md5', await md5.digest());
}
