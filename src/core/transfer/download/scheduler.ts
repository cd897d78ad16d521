import { TransferError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { pauseFor } from '../pause.ts';
import type { Reporter } from '../progress.ts';
import { decideRetry, explainFailure, type Failure, firstAttempt } from '../ranged/retry.ts';
import type { Assembly } from './assembly.ts';
import { type Download, fetchRange, type Piece, type RangeOutcome } from './fetch-range.ts';
import { type RangeLimits, wantedConnections } from './ranges.ts';
import { isResumable } from './resume-record.ts';

/** What the connections of one download share. */
export interface SchedulerOptions {
  readonly file: string;
  readonly assembly: Assembly;
  readonly connections: Budget;
  readonly limits: RangeLimits;
  readonly retries: number;
  readonly progress: Reporter;
  readonly signal: AbortSignal;
  /** Everything of `Download` except what only the scheduler knows. */
  readonly download: Omit<Download, 'facts' | 'onlyConnection' | 'moved'>;
  /** Called before each request: whether the existing file turned out to be the object. */
  isAlreadyLocal(): Promise<boolean>;
  /** Whether the storage supports ranges, as far as it has said. */
  supportsRanges(): boolean;
}

/** `all` was received, the existing file is `unchanged`, or everything must be discarded (`restart`). */
export type Outcome = 'all' | 'unchanged' | 'restart';

/** The connections that fetch the ranges of one file. */
export interface Scheduler {
  run(): Promise<Outcome>;
  /** Resets the retry counters, because the received content was corrupted. */
  reset(): void;
}

/** A failure that leaves nothing for a later process to resume. */
export class RefusedError extends TransferError {}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { file, assembly, connections, limits, retries, progress, signal } = options;
  const { clock } = options.download.client;
  let state = firstAttempt;
  let lastFailure: number | undefined;
  let maxConnections = limits.connections;

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
      get onlyConnection() {
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

    /** Fetches the rest of a piece; `false` if this connection should stop. */
    async function fetchPiece(piece: Piece, holdsSlot: boolean): Promise<boolean> {
      for (;;) {
        // Bytes of an object that cannot be recognized are useless for the next request.
        if (assembly.facts && !isResumable(assembly.facts)) return end('restart');
        if (await options.isAlreadyLocal()) return end('unchanged');
        const before = piece.receiver.at;
        const release = holdsSlot ? undefined : await connections.take(1, stop.signal);
        const route = options.download.address.route();
        let result: RangeOutcome;
        try {
          result = await fetchRange(download, piece, route, stop.signal);
        } finally {
          release?.();
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
          maxConnections = result.type === 'ignored' ? 1 : Math.max(1, active - 1);
          piece.busy = false;
          assembly.merge();
          return false;
        }
        progress.retried();
        if (action.type === 'pause') await pauseFor(options.download.client, action, stop.signal);
        // Parts of unknown position could be fetched forever: fetch the whole file.
        if (action.type === 'restart' || result.type === 'unplaced') return end('restart');
      }
    }
    async function runConnection(slot?: () => void): Promise<void> {
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
      runConnection(slot);
    }
    /** Adds connections that are free now. Downloads that wait for their first connection take precedence. */
    function add(count: number): void {
      for (let added = 0; added < count && active > 0 && active < maxConnections; added++) {
        const slot = connections.tryTake(1);
        if (!slot) return;
        begin(slot);
      }
    }

    // The wait for the first byte says nothing about the rate.
    let sample: { time: number; received: number } | undefined;
    let before: { rate: number; connections: number } | undefined;
    const timer = setInterval(() => {
      const now = { time: clock.now(), received: assembly.received };
      if (!sample || now.time - sample.time < limits.intervalMs) return;
      const rate = ((now.received - sample.received) * 1000) / (now.time - sample.time);
      sample = now;
      if (active === 0 || stop.signal.aborted || !assembly.divisible || !options.supportsRanges()) return;
      const rest = assembly.facts!.total! - now.received;
      const allowed = Math.min(maxConnections, limits.connections);
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
      // Two connections that stopped at the same time may each have relied on the other.
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
    return missing || failure.type === 'refused'
      ? new RefusedError(message, details)
      : new TransferError(message, details);
  }

  return {
    run,
    reset() {
      state = firstAttempt;
    },
  };
}
