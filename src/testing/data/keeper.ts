import { KaggleError } from '../../core/errors.ts';
import { builtin } from '../../platform/common/node-modules.ts';
import type { IdPosition } from '../ids.ts';
import type { Keeper } from '../keeper.ts';
import type { StoredFile } from '../stored-file.ts';
import type { DatasetVersion, EmulatorState, Kernel, KernelVersion } from '../types.ts';
import type { Blobs } from './blobs.ts';
import { makeFolder, remove, writeText } from './disk.ts';
import type { Folder } from './folder.ts';
import { followRuns } from './runs.ts';
import {
  datasetFolder,
  kernelFolder,
  makeFolders,
  restText,
  saveDataset,
  saveDatasetVersion,
  saveKernel,
  saveKernelVersion,
  saveUpload,
} from './save.ts';

/** The state to save. */
export interface SavedState {
  readonly state: EmulatorState;
  ids(): IdPosition;
}

/** A keeper that can continue from a loaded state. */
export interface FolderKeeper extends Keeper {
  /** Marks the loaded state as saved, and follows the runs that have not ended. */
  adopt(): void;
}

const keyOf = ({ owner, slug }: { owner: string; slug: string }): string => `${owner}/${slug}`.toLowerCase();

/** Writes the state into a folder, change by change. */
export function folderKeeper(folder: Folder, blobs: Blobs, { state, ids }: SavedState): FolderKeeper {
  /** The files with which a version was saved; unpacking replaces them. */
  const datasetVersions = new WeakMap<DatasetVersion, readonly StoredFile[]>();
  const kernelVersions = new WeakSet<KernelVersion>();
  const runs = followRuns(folder, (kernel, version) => saveKernelVersion(folder, blobs, kernel, version));
  let lastRest = '';
  let closed = false;

  function check(): void {
    if (closed) throw new KaggleError('cannot save the state: the emulator is closed');
    runs.check();
  }

  /** Called before an object with an id is saved, so that no id is used twice. */
  function rest(): void {
    const text = restText(state, ids());
    if (text !== lastRest) writeText(folder.rest, text);
    lastRest = text;
  }

  function saveVersions(kernel: Kernel): void {
    for (const version of kernel.versions) {
      if (kernelVersions.has(version)) continue;
      saveKernelVersion(folder, blobs, kernel, version);
      kernelVersions.add(version);
      runs.follow(kernel, version, 0);
    }
  }

  return {
    bytes: (id) => blobs.store(id),
    upload(upload) {
      check();
      rest();
      saveUpload(folder, upload);
    },
    dataset(dataset) {
      check();
      // It may have been deleted while its archives were unpacked.
      if (state.datasets.get(keyOf(dataset)) !== dataset) return;
      rest();
      makeFolder(datasetFolder(folder, dataset));
      for (const version of dataset.versions) {
        if (datasetVersions.get(version) === version.files) continue;
        saveDatasetVersion(folder, blobs, dataset, version);
        datasetVersions.set(version, version.files);
      }
      saveDataset(folder, dataset);
    },
    dropDataset(dataset) {
      check();
      rest();
      drop(datasetFolder(folder, dataset), 'dataset.json');
    },
    kernel(kernel) {
      check();
      rest();
      makeFolder(kernelFolder(folder, kernel));
      saveVersions(kernel);
      saveKernel(folder, kernel);
    },
    dropKernel(kernel) {
      check();
      runs.forget(kernel);
      drop(kernelFolder(folder, kernel), 'kernel.json');
    },
    rest() {
      check();
      rest();
    },
    clear() {
      check();
      for (const kernel of state.kernels.values()) runs.forget(kernel);
      for (const path of [folder.datasets, folder.kernels, folder.uploads]) remove(path);
      makeFolders(folder);
      blobs.sweep(new Set());
    },
    adopt() {
      for (const { versions } of state.datasets.values())
        for (const version of versions) datasetVersions.set(version, version.files);
      for (const kernel of state.kernels.values()) {
        for (const version of kernel.versions) {
          kernelVersions.add(version);
          runs.follow(kernel, version, version.log.length);
        }
      }
    },
    async close(end) {
      runs.leaveQueue();
      try {
        await end();
        if (!closed) rest();
      } finally {
        closed = true;
        await folder.release();
      }
    },
  };
}

/** Removes the record first: without it, a partly removed folder is ignored. */
function drop(path: string, record: string): void {
  remove(builtin('node:path').join(path, record));
  remove(path);
}
