/** Milliseconds between two heartbeats of the owner of a lock. */
export const heartbeat = 2000;
/** Milliseconds without a heartbeat after which the owner counts as dead, if its process cannot be looked up. */
const longestSilence = 10_000;
/**
 * Milliseconds that a running process can be suspended if its start time is unknown. Afterwards, it is more likely that another
 * process has its pid.
 */
const longestSuspension = 60 * 60_000;

/** The owner of a lock: the content of the lock file. */
export interface LockOwner {
  readonly pid: number;
  /** Host name; `undefined` if the runtime does not reveal it. */
  readonly host?: string;
  /** Start time of the process, in the format of the system; `undefined` if unknown. */
  readonly started?: string | undefined;
  /** Unique for each acquired lock. */
  readonly token: string;
}

/** What a process that finds a lock knows about its owner. */
export interface Observer {
  readonly pid: number;
  readonly host: string | undefined;
  /** Whether the observer's thread holds the lock with this token. */
  holds(token: string): boolean;
  /** Whether the process runs on the observer's host; `undefined` without permission to check. */
  isRunning(pid: number): boolean | undefined;
  /** Start time of the process, which differs if another process reuses the pid. */
  startOf(pid: number): string | undefined;
}

/**
 * Whether the owner of a lock is dead, so that the lock can be taken over. If its process can be looked up, that decides: a running
 * process keeps its lock, even if it is suspended and sends no heartbeat. Otherwise the time since the last heartbeat decides.
 * `owner` is `undefined` for a lock that is being created, or whose process died while creating it.
 */
export function isStale(owner: LockOwner | undefined, silence: number, observer: Observer): boolean {
  if (owner && observer.holds(owner.token)) return false;
  const canLook = owner?.host !== undefined && owner.host === observer.host;
  const started = canLook && owner.started !== undefined ? observer.startOf(owner.pid) : undefined;
  if (started !== undefined && started !== owner?.started) return true;
  // The observer's own pid belongs to another thread, or to an earlier process in a restarted container.
  const running = canLook && owner.pid !== observer.pid ? observer.isRunning(owner.pid) : undefined;
  if (running === undefined) return silence > longestSilence;
  return !running || (started === undefined && silence > longestSuspension);
}

/**
 * Whether an owner with this much time since its last heartbeat certainly holds its lock. If not, it was suspended (or the clock was
 * changed), and must check before it modifies anything that the lock protects.
 */
export function isSurelyHeld(sinceSign: number): boolean {
  return sinceSign >= 0 && sinceSign < longestSilence / 2;
}
