import { TransferError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { pauseFor } from '../pause.ts';
import type { Reporter } from '../progress.ts';
import { decideRetry, explainFailure, type Failure, firstAttempt } from '../ranged/retry.ts';
import type { Assembly } from './assembly.ts';
import { type Download, fetchRange, type Piece, type RangeOutcome } from './fetch-range.ts';
import { type RangeLimits, wantedConnections } from './ranges.ts';
import { isResumable } from './resume-record.ts';

/** What the connections of one download work with. */
export interface SchedulerOptions {
  readonly file: string;
  readonly assembly: Assembly;
  readonly connections: Budget;
  readonly limits: RangeLimits;
  readonly retries: number;
  readonly progress: Reporter;
  readonly signal: AbortSignal;
  /** All of `Download` but what only the scheduler knows. */
  readonly download: Omit<Download, 'facts' | 'alone' | 'moved'>;
  /** Asked before each request: whether the file that is there turned out to be the object. */
  isHere(): Promise<boolean>;
  /** Whether the storage answers ranges, as far as it has said. */
  answersRanges(): boolean;
}

/** `all` is here; the file that is there is the `same`; or what is here must be thrown away (`restart`). */
export type Outcome = 'all' | 'same' | 'restart';

/** Connections that fetch the ranges of one file. */
export interface Scheduler {
  run(): Promise<Outcome>;
  /** What came was not the object: what came before says nothing on how often to try again. */
  reset(): void;
}

/** A failure after which a later process has nothing to resume. */
export class Refused extends TransferError {}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { file, assembly, connections, limits, retries, progress, signal } = options;
  const { clock } = options.download.client;
  let state = firstAttempt;
  let lastFailure: number | undefined;
  let most = limits.connections;

  async function run(): Promise<Outcome> {
    const stop = new AbortController();
    const follow = () => stop.abort(signal.reason);
    signal.addEventListener('abort', follow, { once: true });
    let active = 0;
    let outcome: Outcome = 'all';
    let failure: { error: unknown } | undefined;
    let ended!: () => void;
    const allEnded = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const download: Download = {
      ...options.download,
      get facts() {
        return assembly.facts;
      },
      get alone() {
        return active === 1;
      },
      moved() {
        const { received } = assembly;
        sample ??= { time: clock.now(), received };
        progress.report(received, assembly.facts?.total);
      },
    };
    const end = (how: Outcome): false => {
      outcome = how;
      stop.abort(new Error(how));
      return false;
    };

    /** Fetches the rest of a piece; `false` when this connection should do nothing more. */
    async function fetchPiece(piece: Piece, hasSlot: boolean): Promise<boolean> {
      for (;;) {
        // Bytes of an object that cannot be recognised are of no use to the next request.
        if (assembly.facts && !isResumable(assembly.facts)) return end('restart');
        if (await options.isHere()) return end('same');
        const before = piece.receiver.at;
        const giveBack = hasSlot ? undefined : await connections.take(1, stop.signal);
        const route = options.download.address.route();
        let result: RangeOutcome;
        try {
          result = await fetchRange(download, piece, route, stop.signal);
        } finally {
          giveBack?.();
        }
        if (result.type === 'done') {
          if (piece.end === Number.POSITIVE_INFINITY) piece.end = piece.receiver.at;
          return true;
        }
        if (result.type === 'again') continue;
        const now = clock.now();
        const next = decideRetry(state, result, {
          received: assembly.received,
          elapsed: lastFailure === undefined ? undefined : now - lastFailure,
          retries,
          renewable: options.download.address.renewable,
          dispensable: active > 1 && piece.receiver.at === before,
        });
        state = next.state;
        lastFailure = now;
        const { action } = next;
        if (action.type === 'fail') throw fail(result);
        if (action.type === 'renew' || (action.type === 'release' && action.renew)) route.expire();
        if (action.type === 'release') {
          most = result.type === 'ignored' ? 1 : Math.max(1, active - 1);
          piece.busy = false;
          assembly.merge();
          return false;
        }
        progress.retried();
        if (action.type === 'pause') await pauseFor(options.download.client, action, stop.signal);
        // What cannot be placed could be fetched for ever: the whole file needs no place.
        if (action.type === 'restart' || result.type === 'unplaced') return end('restart');
      }
    }
    async function lane(slot?: () => void): Promise<void> {
      try {
        for (;;) {
          const piece = assembly.claim(limits.minBytes);
          if (!piece) return;
          try {
            if (!(await fetchPiece(piece, slot !== undefined))) return;
          } finally {
            piece.busy = false;
          }
        }
      } catch (error) {
        if (!stop.signal.aborted || signal.aborted) failure ??= { error };
        stop.abort(error);
      } finally {
        slot?.();
        if (--active === 0) ended();
      }
    }
    function begin(slot?: () => void): void {
      active++;
      lane(slot);
    }
    /** Adds connections that are free now: downloads that wait for their first go before. */
    function add(count: number): void {
      for (let added = 0; added < count && active > 0 && active < most; added++) {
        const slot = connections.tryTake(1);
        if (!slot) return;
        begin(slot);
      }
    }

    // The wait for the first byte says nothing on the rate.
    let sample: { time: number; received: number } | undefined;
    let before: { rate: number; connections: number } | undefined;
    const timer = setInterval(() => {
      const now = { time: clock.now(), received: assembly.received };
      if (!sample || now.time - sample.time < limits.intervalMs) return;
      const rate = ((now.received - sample.received) * 1000) / (now.time - sample.time);
      sample = now;
      if (active === 0 || stop.signal.aborted || !assembly.divisible || !options.answersRanges()) return;
      const rest = assembly.facts!.total! - now.received;
      const allowed = Math.min(most, limits.connections);
      const wanted = wantedConnections(
        { rate, rest, connections: active, before },
        { ...limits, connections: allowed },
      );
      if (wanted <= active) return;
      before = { rate, connections: wanted };
      add(wanted - active);
    }, limits.intervalMs / 4);
    try {
      begin();
      await allEnded;
      // Two that gave up at the same time may each have counted on the other.
      if (outcome === 'all' && !failure && !stop.signal.aborted && !assembly.complete) return await run();
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', follow);
    }
    signal.throwIfAborted();
    if (failure) throw failure.error;
    return outcome;
  }

  function fail(failure: Failure): TransferError {
    const message = `cannot download "${file}": ${explainFailure(failure, state, retries)}`;
    const missing = failure.type === 'expired' && (failure.status === 404 || failure.status === 410);
    const details = { file, cause: failure.type === 'lost' ? failure.cause : undefined };
    return missing || failure.type === 'refused' ? new Refused(message, details) : new TransferError(message, details);
  }

  return {
    run,
    reset() {
      state = firstAttempt;
    },
  };
}
