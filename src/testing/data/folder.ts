import * as v from 'valibot';
import { KaggleError } from '../../core/errors.ts';
import { fileError } from '../../platform/common/file-error.ts';
import { takeLock } from '../../platform/common/lock-file.ts';
import { builtin } from '../../platform/common/node-modules.ts';
import { makeFolder, namesIn, readRecord, readText } from './disk.ts';

/** Which form the files of the folder have. A change that older releases cannot read takes the next number. */
export const format = 1;

/** The places in the folder. */
export interface Folder {
  readonly path: string;
  /** What belongs to no dataset, kernel or upload. */
  readonly rest: string;
  readonly datasets: string;
  readonly kernels: string;
  readonly uploads: string;
  readonly blobs: string;
  /** Lets others have it. */
  release(): Promise<void>;
}

const versioned = v.object({ format: v.number() });

/** That the folder is one of ours, or empty, and of a form that is known. */
function check(path: string, rest: string): void {
  const found = readRecord(rest, versioned);
  if (!found) {
    const others = namesIn(path).filter((name) => !/^emulator\.(lock|json\.new)/.test(name));
    if (others.length === 0) return;
    throw new KaggleError(
      `${path} is no data folder of the emulator: it has "${others[0]}", and no emulator.json. Pass an empty or new folder`,
    );
  }
  if (found.format === format) return;
  throw new KaggleError(
    `${path} was written in format ${found.format} of the emulator's data, and this release reads format ${format}: ` +
      'use the release that wrote it, or pass another folder',
  );
}

async function claim(path: string, lock: string): Promise<() => Promise<void>> {
  const release = await takeLock(lock).catch((error: unknown) => {
    throw fileError('write', lock, error);
  });
  if (release) return release;
  const pid = /^\{"pid":(\d+)/.exec(readText(lock) ?? '')?.[1];
  throw new KaggleError(
    `${path} is in use by another emulator${pid ? ` (process ${pid})` : ''}: stop that one, or pass another folder. ` +
      'After a container was restarted, try again in ten seconds',
  );
}

/** Makes or takes a data folder for this emulator alone. */
export async function takeFolder(given: string): Promise<Folder> {
  const { join, resolve } = builtin('node:path');
  const path = resolve(given);
  const rest = join(path, 'emulator.json');
  makeFolder(path);
  // Before the lock, so that nothing is written into a folder of somebody else's.
  check(path, rest);
  const release = await claim(path, join(path, 'emulator.lock'));
  const [datasets, kernels, uploads, blobs] = ['datasets', 'kernels', 'uploads', 'blobs'].map((name) =>
    join(path, name),
  ) as [string, string, string, string];
  return { path, rest, datasets, kernels, uploads, blobs, release };
}
