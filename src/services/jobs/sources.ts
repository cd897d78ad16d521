import { isReplayable } from '../../core/bytes/sources.ts';
import { MissingCapabilityError, TransferError, ValidationError } from '../../core/errors.ts';
import { shown } from '../../core/options/field.ts';
import type { ByteSource } from '../../core/platform.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { PrintedSource } from '../../core/transfer/upload/resume.ts';
import type { StepBudget } from './budget.ts';
import type { JobFile, JobIo } from './types.ts';

/** A file that is not what the first step found: no repetition helps. */
export class ChangedFileError extends TransferError {}

/** Opens a file of the dataset. */
export async function openSource({ platform }: KaggleClient, { source }: JobIo, name: string): Promise<ByteSource> {
  if (source === undefined) {
    throw new ValidationError(`cannot open "${name}": pass source, which opens the files of the dataset`, [
      { path: 'io.source', message: 'is missing' },
    ]);
  }
  if (typeof source === 'string') {
    if (!platform.fs) {
      throw new MissingCapabilityError(
        `cannot open "${name}": the platform "${platform.name}" has no file system; pass a function as source`,
      );
    }
    return platform.fs.source(platform.fs.join(source, ...name.split('/')));
  }
  const opened = await source(name);
  if (typeof opened?.slice !== 'function' || typeof opened.size !== 'number' || !isReplayable(opened)) {
    throw new ValidationError(
      `cannot open "${name}": expected source to return a ByteSource that can be read repeatedly, got ${shown(opened)}`,
      [{ path: 'io.source', message: 'expected a ByteSource that can be read repeatedly' }],
    );
  }
  return opened;
}

/** What tells a file from a changed one. */
export async function inspect(name: string, source: ByteSource): Promise<JobFile> {
  const { size, lastModified } = source;
  const identity = await source.identity?.();
  return {
    name,
    size,
    ...(lastModified && { modified: lastModified.getTime() }),
    ...(identity !== undefined && { identity }),
  };
}

const printOf = ({ size, modified, identity }: JobFile) => JSON.stringify([size, modified ?? null, identity ?? null]);

function checkSame(file: JobFile, now: JobFile): void {
  if (printOf(file) === printOf(now)) return;
  const sizes = file.size === now.size ? '' : ` (it had ${file.size} bytes, now ${now.size})`;
  throw new ChangedFileError(
    `cannot upload "${file.name}": the file changed since the job began${sizes}; begin a new job`,
    { file: file.name },
  );
}

/**
 * A file of the dataset that is opened when it is read: most steps read few of them. Reads end the step when they exceed its budget, and
 * reject if the file changed since the first step.
 */
export function lazySource(file: JobFile, budget: StepBudget, open: () => Promise<ByteSource>): PrintedSource {
  let opened: Promise<ByteSource> | undefined;

  async function openSame(): Promise<ByteSource> {
    const source = await open();
    checkSame(file, await inspect(file.name, source));
    return source;
  }

  return {
    name: file.name,
    size: file.size,
    ...(file.modified !== undefined && { lastModified: new Date(file.modified) }),
    key: `job:${file.name}`,
    print: printOf(file),
    async slice(start, end) {
      budget.check();
      opened ??= openSame();
      const source = await opened;
      budget.bytes(end - start);
      return source.slice(start, end);
    },
    ...(file.identity !== undefined && {
      identity: async () => (await (await opened)?.identity?.()) ?? file.identity!,
    }),
    close: async () => (await opened?.catch(() => undefined))?.close?.(),
  };
}
