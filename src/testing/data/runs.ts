import { hasEnded } from '../kernels/sessions.ts';
import type { Kernel, KernelVersion } from '../types.ts';
import type { Folder } from './folder.ts';
import { appendLog, logPath } from './save.ts';

/** Saves the log and the status of kernel versions as they change. */
export interface Followed {
  /** `lines`: how many lines of its log are saved already. */
  follow(kernel: Kernel, version: KernelVersion, lines: number): void;
  forget(kernel: Kernel): void;
  /** From now on, changes of queued versions are not saved: they stay queued for the next start. */
  leaveQueue(): void;
  /** Throws the error of an earlier save that failed. */
  check(): void;
}

export function followRuns(folder: Folder, save: (kernel: Kernel, version: KernelVersion) => void): Followed {
  const ends = new WeakMap<KernelVersion, () => void>();
  let failure: { error: unknown } | undefined;
  let leaving = false;

  return {
    follow(kernel, version, lines) {
      const log = logPath(folder, kernel, version);
      let saved = lines;
      let { status } = version;
      const changed = () => {
        if (failure || (leaving && version.startedAt === undefined)) return;
        try {
          appendLog(log, version.log.slice(saved));
          saved = version.log.length;
          if (version.status !== status) save(kernel, version);
          status = version.status;
        } catch (error) {
          // No request is waiting for this save: the next one reports the error.
          failure = { error };
        }
        if (hasEnded(version)) version.listeners.delete(changed);
      };
      appendLog(log, version.log.slice(saved));
      saved = version.log.length;
      if (hasEnded(version)) return;
      version.listeners.add(changed);
      ends.set(version, () => version.listeners.delete(changed));
    },
    forget({ versions }) {
      for (const version of versions) ends.get(version)?.();
    },
    leaveQueue() {
      leaving = true;
    },
    check() {
      if (failure) throw failure.error;
    },
  };
}
