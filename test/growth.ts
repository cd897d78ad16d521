import process from 'node:process';

/**
 * How many times the CPU time of `work` grows with 8 times the size: about 8 if it is proportional, about 64 if it is
 * quadratic. The best of three, as other threads of the process count, too.
 */
export function growth(work: (size: number) => void, size: number): number {
  const time = (size: number) => {
    const before = process.cpuUsage();
    work(size);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  time(size);
  return Math.min(...[1, 2, 3].map(() => time(8 * size) / time(size)));
}

/** More than proportional work comes to, and much less than quadratic work. */
export const proportional = 24;
