import { expect, test } from 'vitest';
import { openPartFile } from '../../src/platform/browser/worker/part-file.ts';

/** A folder in memory, with the synchronous access that browsers offer in workers. While the disk is full, nothing can be written. */
function folderInMemory() {
  const disk = { full: false };
  const files = new Map<string, Uint8Array>();
  const access = (name: string) => ({
    getSize: () => files.get(name)!.length,
    truncate: (size: number) => void files.set(name, files.get(name)!.slice(0, size)),
    read(buffer: Uint8Array, { at }: { at: number }) {
      const data = files.get(name)!.subarray(at, at + buffer.length);
      buffer.set(data);
      return data.length;
    },
    write(data: Uint8Array, { at }: { at: number }) {
      if (disk.full) throw new DOMException('full', 'QuotaExceededError');
      const old = files.get(name)!;
      const grown = new Uint8Array(Math.max(old.length, at + data.length));
      grown.set(old);
      grown.set(data, at);
      files.set(name, grown);
      return data.length;
    },
    flush: () => {},
    close: () => {},
  });
  const folder = {
    getDirectoryHandle: async () => folder,
    async getFileHandle(name: string) {
      if (!files.has(name)) files.set(name, new Uint8Array());
      return { createSyncAccessHandle: async () => access(name) };
    },
  };
  return { disk, folder: folder as unknown as FileSystemDirectoryHandle };
}

test('on a full disk the last note that could be written counts, however many fail after it', async () => {
  const { disk, folder } = folderInMemory();
  const part = await openPartFile(folder, 'large.bin');
  part.write(new Uint8Array(10), 0);
  part.note('first');
  part.note('second');
  disk.full = true;
  for (let times = 0; times < 3; times++) expect(() => part.note('lost')).toThrow('full');
  await part.close(true);
  disk.full = false;
  const next = await openPartFile(folder, 'large.bin');
  expect(next.saved).toEqual({ note: 'second', size: 10 });
  next.note('third');
  await next.close(true);
  expect((await openPartFile(folder, 'large.bin')).saved).toEqual({ note: 'third', size: 10 });
});
