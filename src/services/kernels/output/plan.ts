/** How the files of a run are fetched. */
export interface OutputPlan {
  /** Each by a request of its own, several at once, or all in one archive that is unpacked on the way. */
  by: 'files' | 'archive';
  /** How many files there are to fetch. */
  files: number;
  /** Why, in a few words. */
  why: string;
}

/** What a plan depends on. */
export interface OutputFacts {
  /** Files that are wanted. */
  files: number;
  /** All files of the run are wanted. */
  all: boolean;
  /** Requests under way at once. */
  concurrency: number;
}

/**
 * Decides how to fetch the files of a run. The archive costs about three requests one after the other (the call, its
 * directory, its content) however many files are in it, single files one round for every `concurrency` of them; up to
 * two rounds those are as fast, and the server need not pack anything. Pure.
 */
export function planOutput({ files, all, concurrency }: OutputFacts): OutputPlan {
  if (!all) return { by: 'files', files, why: 'only some of the files were requested' };
  const few = 2 * Math.max(1, concurrency);
  if (files <= few) return { by: 'files', files, why: `${files} files take no more round trips than an archive` };
  return { by: 'archive', files, why: `${files} files are more than ${few}, twice the concurrency` };
}
