/** How the files of a run are downloaded. */
export interface OutputPlan {
  /** One by one, several concurrently, or as one archive that is unpacked on the way. */
  by: 'files' | 'archive';
  /** Number of files to download. */
  files: number;
  /** The reason, as a short sentence. */
  why: string;
}

/** What a plan depends on. */
export interface OutputFacts {
  /** Number of files to download. */
  files: number;
  /** Whether these are all files of the run. */
  all: boolean;
  /** Maximum number of concurrent requests. */
  concurrency: number;
}

/**
 * Decides how to download the files of a run. An archive takes about three sequential requests (the call, its directory, its
 * content) however many files it has; single files take one round trip per `concurrency` of them. Up to two round trips these
 * are as fast, and the server need not create an archive. Pure.
 */
export function planOutput({ files, all, concurrency }: OutputFacts): OutputPlan {
  if (!all) return { by: 'files', files, why: 'only some of the files were requested' };
  const few = 2 * Math.max(1, concurrency);
  if (files <= few) return { by: 'files', files, why: `${files} files take no more round trips than an archive` };
  return { by: 'archive', files, why: `${files} files are more than ${few}, twice the concurrency` };
}
