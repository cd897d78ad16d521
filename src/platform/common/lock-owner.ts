/** Milliseconds between two signs of life of the owner of a lock. */
export const heartbeat = 2000;
/** Milliseconds without one after which the owner counts as dead, where its process cannot be looked up. */
const longestSilence = 10_000;
/**
 * As long may a running process be suspended where nobody can tell when it was started: after that, another process is
 * likelier to have its number by now.
 */
const longestSuspension = 60 * 60_000;

/** Who holds a lock: the content of the lock file. */
export interface LockOwner {
  readonly pid: number;
  /** `undefined` where the runtime does not tell it. */
  readonly host?: string;
  /** When its process was started, in the system's own words; `undefined` where the system does not tell it. */
  readonly started?: string | undefined;
  /** Differs for each lock that was ever taken. */
  readonly token: string;
}

/** What the one who finds a lock can tell about its owner. */
export interface Observer {
  readonly pid: number;
  readonly host: string | undefined;
  /** Whether the lock with this token is held by the observer's own thread. */
  holds(token: string): boolean;
  /** Whether there is such a process on the observer's host; `undefined` if it may not look. */
  isRunning(pid: number): boolean | undefined;
  /** When that process was started: the next one of its number was started at another time. */
  startOf(pid: number): string | undefined;
}

/**
 * Whether the owner of a lock is dead, so that it may be taken over. A process that can be looked up decides: one that
 * runs keeps its lock, though it shows no sign of life while it is suspended. Otherwise the time since the last sign
 * of life decides. `owner` is `undefined` for a lock that is just being made, or whose maker died while making it.
 */
export function isStale(owner: LockOwner | undefined, silence: number, observer: Observer): boolean {
  if (owner && observer.holds(owner.token)) return false;
  const canLook = owner?.host !== undefined && owner.host === observer.host;
  const started = canLook && owner.started !== undefined ? observer.startOf(owner.pid) : undefined;
  if (started !== undefined && started !== owner?.started) return true;
  // Our own number is that of another thread, or of a process before us: of one in a container that was restarted.
  const running = canLook && owner.pid !== observer.pid ? observer.isRunning(owner.pid) : undefined;
  if (running === undefined) return silence > longestSilence;
  return !running || (started === undefined && silence > longestSuspension);
}

/**
 * Whether an owner that showed a sign of life this long ago surely has its lock still. If not, it was suspended (or the
 * clock was set), and must look before it changes anything that the lock protects.
 */
export function isSurelyHeld(sinceSign: number): boolean {
  return sinceSign >= 0 && sinceSign < longestSilence / 2;
}
