import type { Sweep } from '../../src/services/kernels/map/types.ts';

/** 0, 1, 2, ... */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The error with which a sweep ends. */
export const failure = (sweep: Sweep<unknown>): Promise<Error> =>
  sweep.all().then(
    () => Promise.reject(new Error('the sweep has succeeded')),
    (error) => error,
  );

/** The final status of each input. */
export const statuses = async (sweep: Sweep<unknown>): Promise<string[]> =>
  (await sweep.all()).map(({ status }) => status);
