/** How many wrong passwords are accepted in `window` milliseconds. */
const perAddress = 5;
const inAll = 60;
const window = 60_000;
/** Addresses that are remembered; the oldest are forgotten first. */
const remembered = 10_000;

interface Count {
  failures: number;
  /** Milliseconds since 1970 at which it starts again from 0. */
  until: number;
}

/** Counts wrong passwords per network address and in all, in this process. */
export interface Attempts {
  /** Counts an attempt. Returns for how many seconds none is accepted; 0 if this one is. */
  begin(address: string): number;
  /** Takes back the attempts of an address, as its password was right. */
  succeed(address: string): void;
}

/** The address that `info` of the runtime contains; for IPv6 the 64 bits of the network, as a client chooses the others. */
export function networkOf(info: unknown): string {
  const { address } = (info ?? {}) as { address?: unknown };
  if (typeof address !== 'string' || !address.includes(':') || address.includes('.')) return String(address ?? '');
  const [left = '', right] = address.split('%')[0]!.split('::');
  const groups = (text = '') => text.split(':').filter(Boolean);
  const zeros = right === undefined ? 0 : Math.max(0, 8 - groups(left).length - groups(right).length);
  return [...groups(left), ...Array<string>(zeros).fill('0'), ...groups(right)].slice(0, 4).join(':');
}

export function createAttempts(now: () => number): Attempts {
  const counts = new Map<string, Count>();
  const everybody: Count = { failures: 0, until: 0 };
  const current = (count: Count): Count => {
    if (now() >= count.until) Object.assign(count, { failures: 0, until: now() + window });
    return count;
  };
  return {
    begin(address) {
      const own = current(counts.get(address) ?? { failures: 0, until: 0 });
      const all = current(everybody);
      const blocked = own.failures >= perAddress ? own : all.failures >= inAll ? all : undefined;
      if (blocked) return Math.ceil((blocked.until - now()) / 1000);
      // Before the password is compared, so that requests at the same time count, too.
      own.failures++;
      all.failures++;
      counts.delete(address);
      counts.set(address, own);
      if (counts.size > remembered) counts.delete(counts.keys().next().value!);
      return 0;
    },
    succeed(address) {
      everybody.failures = Math.max(0, everybody.failures - (counts.get(address)?.failures ?? 0));
      counts.delete(address);
    },
  };
}
