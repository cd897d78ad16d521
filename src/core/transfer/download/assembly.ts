import { base64, createHasher } from '../../hash/checksum.ts';
import { combineCrc32c } from '../../hash/crc32c.ts';
import type { ByteSink, Hasher, PartialSink, Platform } from '../../platform.ts';
import type { Verified } from '../../progress.ts';
import type { ContentFacts } from '../ranged/content.ts';
import { readStream } from '../streams.ts';
import type { Piece } from './fetch-range.ts';
import { assignRange, missingRanges, usableRanges } from './ranges.ts';
import { type Buffers, batchSize, createBuffers, createReceiver } from './receiver.ts';
import { isResumable, readResumeRecord, writeResumeRecord } from './resume-record.ts';

/** Milliseconds between two records of what is written: at most that much is lost if the process is killed. */
const noteEvery = 500;

/** Whether the received bytes are the object. */
export type Check =
  | { readonly type: 'whole'; readonly verified: Verified }
  | { readonly type: 'damaged'; readonly message: string };

/** Puts a file together from what the requests return: writes, hashes, records progress, and checks. */
export interface Assembly {
  /** What is known about the object; `undefined` before the first response, and after starting over. */
  readonly facts: ContentFacts | undefined;
  /** Bytes received so far. */
  readonly received: number;
  /** Whether every range was received to its end. */
  readonly complete: boolean;
  /** Opens the sink, with what an earlier process left in it. */
  open(): Promise<void>;
  /** Takes what the first response says about the object. */
  begin(facts: ContentFacts): Promise<void>;
  /** The object is still the one of the bytes from an earlier process: hashes those, once. */
  confirm(signal: AbortSignal): Promise<void>;
  /** Whether several connections may fetch the file. */
  readonly divisible: boolean;
  /** What a free connection should fetch; marked as busy. */
  claim(minBytes: number): Piece | undefined;
  /** Gives ranges that were not started to the connection before them, if that receives their bytes anyway. */
  merge(): void;
  /** Discards everything received. */
  restart(): Promise<void>;
  check(lengthIsSure: boolean): Promise<Check>;
  /** Whether more was written than the object has, to a sink that cannot be emptied. */
  readonly tooLong: boolean;
  commit(): Promise<void>;
  /** Closes the sink after a failure. `keep` leaves the bytes for a later process, if possible. */
  close(keep: boolean, reason: unknown): Promise<void>;
}

const asNumber = (digest: Uint8Array): number =>
  new DataView(digest.buffer, digest.byteOffset, digest.byteLength).getUint32(0);

function asBytes(crc: number): Uint8Array {
  return new Uint8Array([crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]);
}

const isPartial = (sink: ByteSink): sink is PartialSink => 'leave' in sink && 'note' in sink;

/** Bytes of an earlier process that are to be hashed. */
interface ResumedRange {
  readonly start: number;
  readonly end: number;
  readonly hasher: Hasher | undefined;
}

/** An assembly for `sink`, which may be a function that opens a sink, and another one to start over. */
export function createAssembly(platform: Platform, sink: ByteSink | (() => Promise<ByteSink>)): Assembly {
  let target: ByteSink | undefined;
  let facts: ContentFacts | undefined;
  let algorithm: 'crc32c' | 'md5' | undefined;
  let buffers: Buffers;
  let pieces: Piece[] = [];
  /** How far a sink was written that cannot be emptied. */
  let extent = 0;
  let resumed: ResumedRange[] = [];
  let hashing: Promise<void> | undefined;
  let hashingEnd = new AbortController();
  let noted = false;
  let lastNote = 0;
  let nextNote: ReturnType<typeof setTimeout> | undefined;
  let noting: Promise<void> = Promise.resolve();

  const received = (): number => pieces.reduce((sum, { receiver }) => sum + receiver.at - receiver.start, 0);
  const newHasher = (): Hasher | undefined => algorithm && createHasher(platform, algorithm);

  function newPiece(start: number, end: number, at: number = start, hasher: Hasher | undefined = newHasher()): Piece {
    const receiver = createReceiver({ sink: target!, start, at, hasher, buffers, onWritten });
    return { receiver, end, busy: false, requestedEnd: Number.POSITIVE_INFINITY };
  }
  function setFacts(known: ContentFacts | undefined): void {
    facts = known;
    algorithm = known?.sums.crc32c ? 'crc32c' : known?.sums.md5 ? 'md5' : undefined;
    const size = Math.max(1, Math.min(batchSize, known?.total ?? batchSize));
    buffers = createBuffers(size, target?.positional === true);
  }
  function onWritten(): void {
    if (!noted || nextNote !== undefined) return;
    const wait = lastNote + noteEvery - performance.now();
    if (wait <= 0) saveNote();
    // The connection may stall, so that no further write makes a note.
    else nextNote = setTimeout(saveNote, wait);
  }
  function cancelNote(): void {
    clearTimeout(nextNote);
    nextNote = undefined;
  }
  /** Records what is written. If that fails, less can be resumed later. */
  function saveNote(): Promise<void> {
    cancelNote();
    const sink = target;
    if (!sink || !isPartial(sink) || !isResumable(facts) || facts.total === undefined) return noting;
    noted = true;
    lastNote = performance.now();
    const { total } = facts;
    const ranges = pieces.map(({ receiver }) => ({ start: receiver.start, end: Math.min(receiver.written, total) }));
    const note = writeResumeRecord({ facts: { ...facts, total }, ranges });
    noting = noting.then(() => sink.note(note)).catch(() => undefined);
    return noting;
  }
  function resume({ saved }: PartialSink): void {
    const found = saved && readResumeRecord(saved.note, saved.size);
    if (!found) return;
    setFacts(found.facts);
    const { total } = found.facts;
    const usable = usableRanges(found.ranges, total, algorithm === 'md5');
    resumed = usable.map((range) => ({ ...range, hasher: newHasher() }));
    noted = true;
    if (algorithm === 'md5') {
      pieces = [resumed[0] ? newPiece(0, total, resumed[0].end, resumed[0].hasher) : newPiece(0, total)];
      return;
    }
    const here = resumed.map(({ start, end, hasher }) => newPiece(start, end, end, hasher));
    pieces = [...here, ...missingRanges(total, usable).map(({ start, end }) => newPiece(start, end))];
  }
  async function hashResumed(signal: AbortSignal): Promise<void> {
    for (const { start, end, hasher } of resumed) {
      if (!hasher) continue;
      await readStream((target as PartialSink).read(start, end), (chunk) => hasher.update(chunk), signal);
    }
  }
  async function settle(): Promise<void> {
    hashingEnd.abort();
    await Promise.allSettled([hashing, noting, ...pieces.map(({ receiver }) => receiver.flush())]);
    cancelNote();
    extent = Math.max(extent, ...pieces.map(({ receiver }) => receiver.written));
  }
  function reset(): void {
    setFacts(undefined);
    resumed = [];
    hashing = undefined;
    hashingEnd = new AbortController();
    pieces = [newPiece(0, Number.POSITIVE_INFINITY)];
  }
  async function digest(): Promise<Uint8Array | undefined> {
    const ordered = pieces.map(({ receiver }) => receiver).sort((a, b) => a.start - b.start);
    if (algorithm !== 'crc32c' || ordered.length === 1) return ordered[0]?.digest();
    let crc = 0;
    for (const receiver of ordered) {
      crc = combineCrc32c(crc, asNumber((await receiver.digest())!), receiver.at - receiver.start);
    }
    return asBytes(crc);
  }

  return {
    get facts() {
      return facts;
    },
    get received() {
      return received();
    },
    get complete() {
      return pieces.every(({ receiver, end }) => receiver.at >= end);
    },
    get divisible() {
      const anywhere = target?.positional === true;
      return anywhere && isResumable(facts) && facts.total !== undefined && algorithm !== 'md5';
    },
    get tooLong() {
      return extent > received();
    },
    async open() {
      target = typeof sink === 'function' ? await sink() : sink;
      reset();
      if (isPartial(target)) resume(target);
    },
    async begin(known) {
      const [first] = pieces;
      setFacts(known);
      first!.end = known.total ?? Number.POSITIVE_INFINITY;
      first!.receiver = newPiece(0, first!.end).receiver;
      if (known.total === undefined || known.total > batchSize) await saveNote();
    },
    async confirm(signal) {
      hashing ??= hashResumed(AbortSignal.any([signal, hashingEnd.signal]));
      // Those that need the hash wait for it, and see the failure.
      hashing.catch(() => undefined);
      if (algorithm === 'md5') await hashing;
    },
    claim(minBytes) {
      const assigned = assignRange(
        pieces.map(({ receiver, end, busy }) => ({ at: receiver.at, end, busy })),
        minBytes,
      );
      if (assigned.type === 'none') return undefined;
      let piece = pieces[assigned.index]!;
      if (assigned.type === 'split') {
        const { end } = piece;
        piece.end = assigned.at;
        piece = newPiece(assigned.at, end);
        pieces.push(piece);
      }
      piece.busy = true;
      return piece;
    },
    merge() {
      const untouched = ({ busy, receiver }: Piece) => !busy && receiver.at === receiver.start;
      for (const rest of [...pieces].sort((a, b) => b.receiver.start - a.receiver.start)) {
        const before = pieces.find(({ end }) => end === rest.receiver.start);
        if (!before || !untouched(rest)) continue;
        const passing = before.busy && before.requestedEnd >= rest.end && before.receiver.at < before.end;
        if (!passing && !untouched(before)) continue;
        before.end = rest.end;
        pieces = pieces.filter((piece) => piece !== rest);
      }
    },
    async restart() {
      await settle();
      if (target && isPartial(target)) {
        await target.restart();
        extent = 0;
      } else if (typeof sink === 'function' && extent > 0) {
        await target?.abort();
        target = await sink();
        extent = 0;
      }
      reset();
    },
    async check(lengthIsSure) {
      for (const { receiver } of pieces) await receiver.flush();
      await hashing;
      extent = Math.max(extent, ...pieces.map(({ receiver }) => receiver.written));
      const size = received();
      const { total, sums } = facts!;
      // A page sees the length of the compressed form, which is rarely the longer one.
      if (total !== undefined && size > total && !lengthIsSure) return { type: 'whole', verified: 'none' };
      if (total !== undefined && size !== total)
        return { type: 'damaged', message: `received ${size} bytes, expected ${total}` };
      const found = await digest();
      if (!algorithm || !found) return { type: 'whole', verified: total === undefined ? 'none' : 'length' };
      const ours = base64(found);
      if (ours === sums[algorithm]) return { type: 'whole', verified: algorithm };
      return {
        type: 'damaged',
        message: `checksum mismatch: expected ${algorithm} ${sums[algorithm]}, got ${ours}`,
      };
    },
    async commit() {
      cancelNote();
      await noting;
      await target!.commit({ lastModified: facts?.lastModified });
    },
    async close(keep, reason) {
      await settle();
      if (target && isPartial(target) && keep && noted && isResumable(facts)) {
        await saveNote();
        await target.leave().catch(() => undefined);
      } else await (target ?? (typeof sink === 'function' ? undefined : sink))?.abort(reason);
    },
  };
}
