import type { Context } from './context.ts';
import type { Dataset, DatasetVersion } from './types.ts';

/** What a version goes through before it is READY, in this order. */
const steps = [
  'NOT_YET_PERSISTED',
  'BLOBS_RECEIVED',
  'BLOBS_DECOMPRESSED',
  'BLOBS_COPIED_TO_SDS',
  'INDIVIDUAL_BLOBS_COMPRESSED',
];

const isShown = (context: Context, { created }: DatasetVersion) => context.now() - created >= context.options.lag;

/** Whether nothing is shown yet of a dataset that was just made. */
export function isHidden(context: Context, { versions }: Dataset): boolean {
  return versions.length === 1 && versions[0]!.number === 1 && !isShown(context, versions[0]!);
}

/** The version that is shown: a new one only after the lag. */
export function currentVersion(context: Context, dataset: Dataset): DatasetVersion {
  return dataset.versions.findLast((version) => isShown(context, version)) ?? dataset.versions[0]!;
}

function isReady(context: Context, { readyAt }: DatasetVersion): boolean {
  return context.now() >= readyAt;
}

/** How far the processing of a version is; the steps take equally long. */
export function versionStatus(context: Context, version: DatasetVersion): string {
  if (isReady(context, version)) return 'READY';
  const part = (context.now() - version.created) / (version.readyAt - version.created);
  return steps[Math.floor(part * steps.length)] ?? steps[0]!;
}

/** While the first version is processed there can be no second one. */
export function isFirstInWork(context: Context, { versions }: Dataset): boolean {
  return versions.length === 1 && versions[0]!.number === 1 && !isReady(context, versions[0]!);
}

/**
 * The version that is downloaded, and that a kernel which is pushed now binds: the given one, or the newest, that is READY.
 * `undefined` where there is none: the kernel then runs without it.
 */
export function boundVersion(context: Context, dataset: Dataset, number?: number): DatasetVersion | undefined {
  return dataset.versions.findLast(
    (version) => isReady(context, version) && (number === undefined || version.number === number),
  );
}
