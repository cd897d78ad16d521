import { started } from '../../data/started.ts';

/** The run that a page shows. */
export interface RunTarget {
  /** `owner/slug`. */
  readonly ref: string;
  readonly versionNumber: number;
  /** `owner/slug/version`. */
  readonly name: string;
  /**
   * Id of the job, if it is known. Kaggle may not show a new version yet, and only a job tells that from a version that does not
   * exist.
   */
  readonly jobId: string | undefined;
}

/** Ids of the jobs that were opened by them, by the names of their runs. */
const opened = new Map<string, string>();

const nameOf = (ref: string, versionNumber: number): string => `${ref}/${versionNumber}`;

export function keepJob({ id, ref, versionNumber }: { id: string; ref: string; versionNumber: number }): void {
  opened.set(nameOf(ref, versionNumber), id);
}

export function targetOf(ref: string, versionNumber: number): RunTarget {
  const name = nameOf(ref, versionNumber);
  const own = started.peek().find((item) => item.ref === ref && item.versionNumber === versionNumber);
  return { ref, versionNumber, name, jobId: opened.get(name) ?? own?.id };
}

/** The parts of an address of a run, `['alice', 'train', '3']`; `undefined` if they are not one. */
export function parseParams(params: readonly string[]): { ref: string; version: number | undefined } | undefined {
  const [owner = '', slug = '', version, ...more] = params;
  const isRun = [owner, slug].every((part) => /^[\w-]+$/.test(part)) && more.length === 0;
  if (!isRun || (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))) return undefined;
  return { ref: `${owner}/${slug}`, version: version === undefined ? undefined : Number(version) };
}
