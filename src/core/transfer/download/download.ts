import { IntegrityError, TransferError } from '../../errors.ts';
import type { ByteSink } from '../../platform.ts';
import type { TransferOptions, Verified } from '../../progress.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { budgetsOf } from '../budget.ts';
import { startProgress } from '../progress.ts';
import { createAddress, type DownloadFrom } from '../ranged/address.ts';
import { type ContentFacts, contentFacts, isPageName } from '../ranged/content.ts';
import { joinSignals } from '../streams.ts';
import { type Check, createAssembly } from './assembly.ts';
import { acceptsRanges, type RangeOutcome } from './fetch-range.ts';
import type { LocalFile } from './local-file.ts';
import { type RangeLimits, rangeLimits } from './ranges.ts';
import { createScheduler, RefusedError } from './scheduler.ts';

/** Options of a download. */
export interface DownloadOptions extends Omit<TransferOptions, 'concurrency'> {
  /** Name of the file in progress events and errors. */
  file: string;
  /**
   * Seconds without data after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Attempts in a row without new data before the download fails.
   * @default 5
   */
  retries?: number | undefined;
  /** The existing file: the object is fetched only if that file is not the same. */
  local?: LocalFile | undefined;
  /** Size in bytes from another source, such as a listing. Used if the storage reports no checksum. */
  size?: number | undefined;
  /** When to use several connections. */
  limits?: Partial<RangeLimits> | undefined;
}

/** A downloaded file. */
export interface Downloaded {
  /** Bytes. */
  size: number;
  verified: Verified;
  /** The server's modification time, which the sink received too. */
  lastModified?: Date;
  /** The existing file is the object: nothing was fetched, and the sink was aborted. */
  skipped?: true;
}

/** Compares the size with another source, if there was no checksum. */
function checkListedSize(check: Check, received: number, size: number | undefined): Check {
  if (check.type !== 'whole' || size === undefined || !['length', 'none'].includes(check.verified)) return check;
  if (received === size) return { type: 'whole', verified: 'length' };
  return { type: 'damaged', message: `received ${received} bytes, expected ${size} according to the list of files` };
}

/** How often content with the wrong checksum is downloaded again. */
const maxCorrupt = 2;

/**
 * Downloads one file into `sink`, which it commits when the content is complete and verified, and closes otherwise.
 *
 * An interrupted transfer resumes if the storage can prove that the object is still the same; otherwise it starts over, for
 * which `sink` may be a function that opens a new one. With a `PartialSink`, a later process can resume as well: an abort or a
 * failure leaves the bytes and their record; what cannot be resumed is removed. A large file uses several connections if one is
 * slow, the sink accepts writes at any position, and the storage supports ranges. Length and `x-goog-hash` are verified on the
 * way, without a second read.
 *
 * @throws `TransferError` if it fails after all retries, or is refused; `IntegrityError` if the content stays corrupted.
 * @throws What `from` throws, and immediately the reason of the signal if it is aborted.
 */
export async function download(
  client: KaggleClient,
  from: DownloadFrom,
  sink: ByteSink | (() => Promise<ByteSink>),
  options: DownloadOptions,
): Promise<Downloaded> {
  const { file, retries = 5, stallTimeout: stall = 60 } = options;
  const signal = joinSignals(client.signal, options.signal);
  const progress = startProgress(file, 'download', options.onProgress);
  const assembly = createAssembly(client.platform, sink);
  const { local } = options;
  let compared = local?.size === undefined;
  let comparable: ContentFacts | undefined;
  let skipped: { facts: ContentFacts; verified: Verified } | undefined;
  let ranges = false;

  /** A response for the object. The first one says what the object is: it may exist locally already. */
  async function accept(headers: Headers, status: number): Promise<RangeOutcome | undefined> {
    const facts = assembly.facts ?? contentFacts(headers);
    ranges ||= status === 206 || acceptsRanges(headers);
    if (!compared && facts.total === local?.size) comparable = facts;
    compared = true;
    // Comparing takes a while, and the body will probably not be needed.
    if (comparable) return { type: 'again' };
    if (!assembly.facts) await assembly.begin(facts);
    else await assembly.confirm(signal);
    progress.report(assembly.received, facts.total);
    return undefined;
  }
  async function isAlreadyLocal(): Promise<boolean> {
    const facts = comparable;
    comparable = undefined;
    const verified = facts && (await local?.compare(facts, signal));
    if (facts && verified) skipped = { facts, verified };
    return verified !== undefined;
  }
  const scheduler = createScheduler({
    file,
    assembly,
    connections: budgetsOf(client).connections,
    limits: { ...rangeLimits, ...options.limits },
    retries,
    progress,
    signal,
    isAlreadyLocal,
    download: { client, address: createAddress(client, from), mayBePage: isPageName(file), stall, accept },
    supportsRanges: () => ranges,
  });

  async function run(): Promise<Downloaded> {
    let damaged: IntegrityError | undefined;
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      try {
        const outcome = await scheduler.run();
        if (outcome === 'unchanged') {
          const { facts, verified } = skipped!;
          return { size: facts.total!, verified, lastModified: facts.lastModified, skipped: true };
        }
        if (outcome === 'restart') {
          await assembly.restart();
          continue;
        }
        const check = checkListedSize(
          await assembly.check(!client.platform.opaqueRedirects),
          assembly.received,
          options.size,
        );
        if (check.type === 'whole') {
          if (assembly.tooLong) {
            const message = `cannot download "${file}": the file became shorter on the server during the download; try again`;
            throw new TransferError(message, { file });
          }
          return { size: assembly.received, verified: check.verified, lastModified: assembly.facts?.lastModified };
        }
        const found = new IntegrityError(`cannot download "${file}": ${check.message}; try again`, { file });
        if (++failures > maxCorrupt) throw found;
        damaged = found;
        scheduler.reset();
        progress.retried();
        await assembly.restart();
      } catch (error) {
        signal.throwIfAborted();
        // The failure of a sink that cannot start over would hide the reason for starting over.
        throw damaged ?? error;
      }
    }
  }

  try {
    signal.throwIfAborted();
    await assembly.open();
    const result = await run();
    if (result.skipped) await assembly.close(false, undefined);
    else {
      await assembly.commit();
      await local?.remember(assembly.facts!);
    }
    progress.done(result.size, result.verified);
    return result;
  } catch (error) {
    await assembly.close(!(error instanceof IntegrityError || error instanceof RefusedError), error);
    throw error;
  }
}
