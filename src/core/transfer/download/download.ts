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
import { createScheduler, Refused } from './scheduler.ts';

export interface DownloadOptions extends Omit<TransferOptions, 'concurrency'> {
  /** What the file is called in progress and errors. */
  file: string;
  /** Seconds without a byte after which the connection counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number | undefined;
  /** Attempts in a row without a new byte before it gives up; default 5. */
  retries?: number | undefined;
  /** The file that it will be: it is fetched only if what is there is not the object. */
  local?: LocalFile | undefined;
  /** Bytes that it has by another witness, such as a listing: counts where the storage tells no checksum. */
  size?: number | undefined;
  /** When the file is fetched over several connections. */
  limits?: Partial<RangeLimits> | undefined;
}

export interface Downloaded {
  /** Bytes. */
  size: number;
  verified: Verified;
  /** The server's modification time; the sink was given it as well. */
  lastModified?: Date;
  /** The existing file is the object: nothing was fetched, and the sink was aborted. */
  skipped?: true;
}

/** What another witness of the length makes of a check that had no checksum. */
function witnessed(check: Check, received: number, size: number | undefined): Check {
  if (check.type !== 'whole' || size === undefined || !['length', 'none'].includes(check.verified)) return check;
  if (received === size) return { type: 'whole', verified: 'length' };
  return { type: 'damaged', message: `received ${received} bytes, expected ${size} according to the list of files` };
}

/** How often a content that does not match its checksum is fetched anew. */
const cleanRetries = 2;

/**
 * Downloads one file into `sink`, which it commits when the content is whole and checked, and closes otherwise.
 *
 * An interrupted transfer goes on where it stopped if the storage can prove that the object is still the same, else it
 * starts over; for that `sink` may be a function that opens a new one. With a `PartialSink` a later process goes on as
 * well: an abort, or giving up, leaves the bytes and their note; what cannot be resumed is removed. A large file
 * comes over several connections where one is slow, the sink takes writes anywhere, and the storage answers ranges.
 * Length and `x-goog-hash` are checked on the way, without a second reading.
 *
 * Throws `TransferError` (given up, or refused), `IntegrityError` (damaged, several times), and what `from` throws. An
 * abort rejects at once with the signal's reason.
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

  /** An answer that belongs to the object. The first says what that is: it may be here already. */
  async function accept(headers: Headers, status: number): Promise<RangeOutcome | undefined> {
    const facts = assembly.facts ?? contentFacts(headers);
    ranges ||= status === 206 || acceptsRanges(headers);
    if (!compared && facts.total === local?.size) comparable = facts;
    compared = true;
    // Comparing takes a while: nobody reads this body meanwhile, and most likely nobody will.
    if (comparable) return { type: 'again' };
    if (!assembly.facts) await assembly.begin(facts);
    else await assembly.confirm(signal);
    progress.report(assembly.received, facts.total);
    return undefined;
  }
  async function isHere(): Promise<boolean> {
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
    isHere,
    download: { client, address: createAddress(client, from), mayBePage: isPageName(file), stall, accept },
    answersRanges: () => ranges,
  });

  async function run(): Promise<Downloaded> {
    let damaged: IntegrityError | undefined;
    for (let damages = 0; ; ) {
      signal.throwIfAborted();
      try {
        const outcome = await scheduler.run();
        if (outcome === 'same') {
          const { facts, verified } = skipped!;
          return { size: facts.total!, verified, lastModified: facts.lastModified, skipped: true };
        }
        if (outcome === 'restart') {
          await assembly.restart();
          continue;
        }
        const check = witnessed(
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
        if (++damages > cleanRetries) throw found;
        damaged = found;
        scheduler.reset();
        progress.retried();
        await assembly.restart();
      } catch (error) {
        signal.throwIfAborted();
        // A sink that cannot start over hides what made it necessary.
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
    await assembly.close(!(error instanceof IntegrityError || error instanceof Refused), error);
    throw error;
  }
}
