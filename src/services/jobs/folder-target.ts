import { MissingCapabilityError } from '../../core/errors.ts';
import { crc32c } from '../../core/hash/crc32c.ts';
import type { PartTarget, TargetFile } from '../../core/part-target.ts';
import type { PartialSink } from '../../core/platform.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { readStream } from '../../core/transfer/streams.ts';

/** A folder of the file system. A file is `<name>.part` until it is complete. */
export function folderTarget({ platform }: KaggleClient, root: string): PartTarget {
  const { fs } = platform;
  if (!fs?.partial) {
    throw new MissingCapabilityError(
      `cannot open the folder "${root}": the platform "${platform.name}" has no file system with partial files; pass a ` +
        'PartTarget as target',
    );
  }
  const pathOf = (name: string) => fs.join(root, ...name.split('/'));

  /** Passes the unfinished file to `work`, which closes it. */
  async function withPart<T>(name: string, work: (sink: PartialSink) => Promise<T>): Promise<T> {
    const sink = await fs!.partial!(pathOf(name));
    try {
      return await work(sink);
    } finally {
      await sink.leave();
    }
  }

  /** Whether an earlier step has published the file already. */
  async function isPublished({ name, size, crc32c: expected }: TargetFile): Promise<boolean> {
    if ((await fs!.stat(pathOf(name)))?.size !== size) return false;
    const source = await fs!.source(pathOf(name));
    let crc = 0;
    try {
      await readStream(
        await source.slice(0, size),
        (chunk) => {
          crc = crc32c(chunk, crc);
        },
        new AbortController().signal,
      );
    } finally {
      await source.close?.();
    }
    return crc === expected;
  }

  return {
    write: ({ name, bytes, position, job }) =>
      withPart(name, async (sink) => {
        const note = sink.saved?.note as { job?: unknown; bytes?: number } | undefined;
        if (position > 0 && (note?.job !== job || (note.bytes ?? 0) < position)) return undefined;
        if (position === 0 && sink.saved) await sink.restart();
        await sink.write(bytes, position);
        await sink.note({ job, bytes: position + bytes.length });
        return position + bytes.length;
      }),
    finish: async (file) => {
      const { name, size, job } = file;
      if (size === 0) {
        const sink = await fs.sink(pathOf(name));
        await sink.commit();
        return true;
      }
      const committed = await withPart(name, async (sink) => {
        const note = sink.saved?.note as { job?: unknown; bytes?: number } | undefined;
        if (note?.job !== job || note.bytes !== size) return false;
        await sink.commit();
        return true;
      });
      return committed || isPublished(file);
    },
  };
}
