import { attach, type Job } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';
import { started } from '../../data/started.ts';

/** The run that a page shows. */
export interface RunTarget {
  /** `owner/slug`. */
  readonly ref: string;
  readonly versionNumber: number;
  /** `owner/slug/version`. */
  readonly name: string;
  /**
   * For requests: the job, if it is known. Kaggle may not show a new version yet, and only a job tells that from a version that does
   * not exist.
   */
  readonly run: string | Job;
}

/** Jobs that were opened by their id. */
const opened = new Map<string, Job>();

const nameOf = (ref: string, versionNumber: number): string => `${ref}/${versionNumber}`;

export function keepJob(job: Job): void {
  opened.set(nameOf(job.ref, job.versionNumber), job);
}

export function targetOf(ref: string, versionNumber: number): RunTarget {
  const name = nameOf(ref, versionNumber);
  const own = started.peek().find((item) => item.ref === ref && item.versionNumber === versionNumber);
  return { ref, versionNumber, name, run: opened.get(name) ?? (own ? attach(client, own.id) : name) };
}

/** The parts of an address of a run, `['alice', 'train', '3']`; `undefined` if they are not one. */
export function parseParams(params: readonly string[]): { ref: string; version: number | undefined } | undefined {
  const [owner = '', slug = '', version, ...more] = params;
  const isRun = [owner, slug].every((part) => /^[\w-]+$/.test(part)) && more.length === 0;
  if (!isRun || (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))) return undefined;
  return { ref: `${owner}/${slug}`, version: version === undefined ? undefined : Number(version) };
}
