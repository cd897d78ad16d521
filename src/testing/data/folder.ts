import * as v from 'valibot';
import { fileError } from '../../core/bytes/file-error.ts';
import { KaggleError } from '../../core/errors.ts';
import { takeLock } from '../../platform/common/lock-file.ts';
import { builtin } from '../../platform/common/node-modules.ts';
import { makeFolder, namesIn, readRecord, readText } from './disk.ts';

/** The data format. Increment it with any change that older releases cannot read. */
export const format = 1;

/** The places in the folder. */
export interface Folder {
  readonly path: string;
  /** `emulator.json`: everything but datasets, kernels and uploads. */
  readonly rest: string;
  readonly datasets: string;
  readonly kernels: string;
  readonly uploads: string;
  readonly blobs: string;
  /** Releases the lock. */
  release(): Promise<void>;
}

const versioned = v.object({ format: v.number() });

/** Throws unless the folder is empty, or a data folder of the supported format. */
function check(path: string, rest: string): void {
  const found = readRecord(rest, versioned);
  if (!found) {
    const others = namesIn(path).filter((name) => !/^emulator\.(lock|json\.new)/.test(name));
    if (others.length === 0) return;
    throw new KaggleError(
      `${path} is not a data folder of the emulator: it contains "${others[0]}" but no emulator.json; use an empty or new folder`,
    );
  }
  if (found.format === format) return;
  throw new KaggleError(
    `${path} has data format ${found.format}, but this version of kaggle-ts supports format ${format}; ` +
      'use the version that created it, or another folder',
  );
}

async function claim(path: string, lock: string): Promise<() => Promise<void>> {
  const taken = await takeLock(lock).catch((error: unknown) => {
    throw fileError('write', lock, error);
  });
  if (taken) return taken.release;
  const pid = /^\{"pid":(\d+)/.exec(readText(lock) ?? '')?.[1];
  throw new KaggleError(
    `${path} is in use by another emulator${pid ? ` (process ${pid})` : ''}; stop it, or use another folder ` +
      '(after a restart of the container, try again in 10 seconds)',
  );
}

/** Creates or opens a data folder, and locks it. */
export async function takeFolder(given: string): Promise<Folder> {
  const { join, resolve } = builtin('node:path');
  const path = resolve(given);
  const rest = join(path, 'emulator.json');
  makeFolder(path);
  // Before the lock, so that nothing is written into a foreign folder.
  check(path, rest);
  const release = await claim(path, join(path, 'emulator.lock'));
  const [datasets, kernels, uploads, blobs] = ['datasets', 'kernels', 'uploads', 'blobs'].map((name) =>
    join(path, name),
  ) as [string, string, string, string];
  return { path, rest, datasets, kernels, uploads, blobs, release };
}
