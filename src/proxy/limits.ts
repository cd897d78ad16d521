import { checkMembers, invalidOption } from '../core/check-members.ts';
import { Refusal } from './refusal.ts';
import type { ProxyLimits } from './types.ts';

/** The limits, with their defaults. */
export type Limits = Readonly<Record<keyof ProxyLimits, number>>;

const defaults: Limits = {
  requestBytes: 8 * 2 ** 20,
  uploadBytes: 10 * 2 ** 30,
  requestsPerMinute: 600,
  concurrent: 64,
  concurrentInAll: 1024,
  timeout: 120,
  stall: 30,
};

/** Adds the defaults. Throws `ValidationError` for an invalid limit. */
export function checkLimits(limits: ProxyLimits = {}): Limits {
  const names = Object.keys(defaults) as (keyof ProxyLimits)[];
  const types = Object.fromEntries(names.map((name) => [name, 'a number'])) as Record<keyof ProxyLimits, string>;
  checkMembers('createProxy: limits', limits, types);
  const known = { ...defaults };
  for (const name of names) {
    const value = limits[name];
    if (value !== undefined && !(value > 0))
      throw invalidOption(name, `expected more than 0, got ${value}`, 'createProxy: limits');
    if (value !== undefined) known[name] = value;
  }
  return known;
}

/** Throws `Refusal` if a file is too large to be uploaded. */
export function checkFileSize(size: unknown, { uploadBytes }: Limits): void {
  if (!(Number(size) > uploadBytes)) return;
  throw new Refusal(413, `the file has more than ${uploadBytes} bytes (limits.uploadBytes)`, 'limits.uploadBytes');
}
