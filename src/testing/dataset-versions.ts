import type { Context } from './context.ts';
import type { Dataset, DatasetVersion } from './types.ts';

/** Statuses of a version before READY, in order. */
const steps = [
  'NOT_YET_PERSISTED',
  'BLOBS_RECEIVED',
  'BLOBS_DECOMPRESSED',
  'BLOBS_COPIED_TO_SDS',
  'INDIVIDUAL_BLOBS_COMPRESSED',
];

const isShown = (context: Context, { created }: DatasetVersion) => context.now() - created >= context.options.lag;

/** Whether a new dataset is not visible yet. */
export function isHidden(context: Context, { versions }: Dataset): boolean {
  return versions.length === 1 && versions[0]!.number === 1 && !isShown(context, versions[0]!);
}

/** The visible version: a new one only after the lag. */
export function currentVersion(context: Context, dataset: Dataset): DatasetVersion {
  return dataset.versions.findLast((version) => isShown(context, version)) ?? dataset.versions[0]!;
}

function isReady(context: Context, { readyAt }: DatasetVersion): boolean {
  return context.now() >= readyAt;
}

/** The status of a version. All steps take the same time. */
export function versionStatus(context: Context, version: DatasetVersion): string {
  if (isReady(context, version)) return 'READY';
  const part = (context.now() - version.created) / (version.readyAt - version.created);
  return steps[Math.floor(part * steps.length)] ?? steps[0]!;
}

/** Whether the first version is still being processed; a second one is refused then. */
export function isFirstInWork(context: Context, { versions }: Dataset): boolean {
  return versions.length === 1 && versions[0]!.number === 1 && !isReady(context, versions[0]!);
}

/**
 * The version that is downloaded, and that a kernel pushed now gets: the given one, or the newest one that is READY.
 * `undefined` if there is none: a kernel then runs without the dataset.
 */
export function boundVersion(context: Context, dataset: Dataset, number?: number): DatasetVersion | undefined {
  return dataset.versions.findLast(
    (version) => isReady(context, version) && (number === undefined || version.number === number),
  );
}
