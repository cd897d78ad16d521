import type { Context, Handler } from '../context.ts';
import type { EmulatorUser, KernelVersion } from '../types.ts';
import { type Kind, kindOf } from './machines.ts';

/** Weekly quota in seconds. */
const allowed = { GPU: 108_000, TPU: 72_000 };

/** Maximum number of concurrent sessions of an account. No limit was observed for TPUs. */
function slotsOf({ cpuSessions = 5, gpuSessions = 2 }: EmulatorUser, kind: Kind): number {
  return { CPU: cpuSessions, GPU: gpuSessions, TPU: Number.POSITIVE_INFINITY }[kind];
}

const second = 1000;
const week = 7 * 86_400 * second;
/** Saturday, 1970-01-03, 00:00 UTC. */
const firstWeek = 2 * 86_400 * second;

const weekOf = (ms: number) => Math.floor((ms - firstWeek) / week);

/** All kernel versions of a user that run on this kind of machine. */
function sessions({ state }: Context, user: EmulatorUser, kind: Kind): KernelVersion[] {
  const mine = [...state.kernels.values()].filter(({ owner }) => owner === user.username);
  return mine.flatMap(({ versions }) => versions).filter(({ runs, shape }) => runs && kindOf(shape) === kind);
}

function holdsSlot({ options, now }: Context, { status, endedAt, startedAt }: KernelVersion): boolean {
  if (status === 'CANCEL_ACKNOWLEDGED' && startedAt !== undefined) return now() - endedAt! < options.slotLag;
  return ['QUEUED', 'RUNNING', 'CANCEL_REQUESTED'].includes(status);
}

/** Seconds used in this week, and seconds reserved by running sessions. Deleted kernels do not count. */
function usage(context: Context, user: EmulatorUser, kind: 'GPU' | 'TPU'): { used: number; reserved: number } {
  const now = context.now();
  const current = weekOf(now);
  const left = kind === 'GPU' ? user.gpuSecondsLeft : user.tpuSecondsLeft;
  // The option applies to the week in which the emulator was created.
  let used = left === undefined || weekOf(context.state.began) !== current ? 0 : Math.max(0, allowed[kind] - left);
  let reserved = 0;
  for (const { startedAt, endedAt } of sessions(context, user, kind)) {
    if (startedAt === undefined || weekOf(endedAt ?? now) !== current) continue;
    const seconds = ((endedAt ?? now) - startedAt) / second;
    if (endedAt === undefined) reserved += seconds;
    else used += seconds;
  }
  return { used, reserved };
}

/** Kaggle's message if no session is free; otherwise `undefined`. */
export function slotRefusal(context: Context, user: EmulatorUser, kind: Kind): string | undefined {
  const limit = slotsOf(user, kind);
  const held = sessions(context, user, kind).filter((version) => holdsSlot(context, version)).length;
  return held < limit ? undefined : `Maximum batch ${kind} session count of ${limit} reached.`;
}

/** Kaggle's message if no quota is left for another session; otherwise `undefined`. */
export function quotaRefusal(context: Context, user: EmulatorUser, kind: Kind): string | undefined {
  if (kind === 'CPU') return undefined;
  const { used, reserved } = usage(context, user, kind);
  const hours = (allowed[kind] / 3600).toFixed(2);
  return used + reserved >= allowed[kind] ? `Maximum weekly ${kind} quota of ${hours} hours reached.` : undefined;
}

export const getAcceleratorQuotaStatistics: Handler = ({ context, user }) => {
  const quota = (kind: 'GPU' | 'TPU') => {
    const { used, reserved } = usage(context, user!, kind);
    return {
      timeUsed: `${Math.round(used)}s`,
      timeReserved: `${Math.round(reserved)}s`,
      totalTimeAllowed: `${allowed[kind]}s`,
      minimumTimeAllowed: `${allowed[kind]}s`,
    };
  };
  const refreshed = firstWeek + (weekOf(context.now()) + 1) * week;
  return {
    quotaRefreshTime: new Date(refreshed).toISOString(),
    gpuQuota: quota('GPU'),
    tpuQuota: quota('TPU'),
  };
};
