import { createHash, randomFillSync } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { base64OfCrc, crc32c } from './server/crc32c.ts';

/** A file to upload, with its checksums. */
export interface SourceFile {
  name: string;
  size: number;
  crc32: number;
  crc32c: string;
  md5: string;
}

/** Files to upload: `folder` holds them and nothing else; `packed` also the metadata file that the CLI wants. */
export interface Source {
  folder: string;
  packed: string;
  files: SourceFile[];
}

/** The folder that everything is in which the bench writes; in memory where the system has such a place. */
export interface Scratch {
  folder: string;
  /** Whether that is memory. */
  inMemory: boolean;
  /** The same files again, when they were made before. */
  source(count: number, size: number): Source;
  /** Removes files that are not needed again. */
  drop(source: Source): void;
  /** An empty folder for results. */
  fresh(): string;
  /** Has the system find memory for what is going to be written, so that it is not the first client that waits for it. */
  warm(bytes: number): void;
  remove(): void;
}

const memory = '/dev/shm';
const step = 16 << 20;

function roomIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Opens the scratch folder, which must have room for `bytes`. */
export function openScratch(bytes: number): Scratch {
  const inMemory = roomIn(memory) >= bytes;
  const parent = inMemory ? memory : tmpdir();
  if (roomIn(parent) < bytes) throw new Error(`${parent} has no room for ${Math.ceil(bytes / 2 ** 30)} GiB`);
  const folder = mkdtempSync(join(parent, 'kaggle-ts-bench-'));
  const block = randomFillSync(Buffer.alloc(step + (1 << 20)));
  const made = new Map<string, Source>();
  const out = join(folder, 'out');

  function writeSource(path: string, size: number, offset: number): Omit<SourceFile, 'name' | 'size'> {
    const file = openSync(path, 'w');
    const md5 = createHash('md5');
    const sums = { crc32: 0, crc32c: 0 };
    for (let at = 0; at < size; at += step) {
      // Each step starts elsewhere in the block, so that two parts in the wrong order are noticed.
      const from = (offset + (at / step) * 61) % (1 << 20);
      const piece = block.subarray(from, from + Math.min(step, size - at));
      writeSync(file, piece);
      md5.update(piece);
      sums.crc32 = crc32(piece, sums.crc32);
      sums.crc32c = crc32c(piece, sums.crc32c);
    }
    closeSync(file);
    return { crc32: sums.crc32, crc32c: base64OfCrc(sums.crc32c), md5: md5.digest('base64') };
  }

  return {
    folder,
    inMemory,
    source(count, size) {
      const key = `${count}x${size}`;
      const known = made.get(key);
      if (known) return known;
      const source: Source = { folder: join(folder, key), packed: join(folder, `${key}-packed`), files: [] };
      mkdirSync(source.folder);
      mkdirSync(source.packed);
      for (let index = 0; index < count; index++) {
        const name = `f${String(index).padStart(4, '0')}.bin`;
        const path = join(source.folder, name);
        source.files.push({ name, size, ...writeSource(path, size, index * 4_001) });
        linkSync(path, join(source.packed, name));
      }
      made.set(key, source);
      return source;
    },
    drop(source) {
      for (const path of [source.folder, source.packed]) rmSync(path, { recursive: true });
      for (const [key, one] of made) if (one === source) made.delete(key);
    },
    fresh() {
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out);
      return out;
    },
    warm(bytes) {
      if (!inMemory || bytes === 0) return;
      const path = join(folder, 'warm');
      const file = openSync(path, 'w');
      for (let at = 0; at < bytes; at += step) writeSync(file, block, 0, Math.min(step, bytes - at));
      closeSync(file);
      unlinkSync(path);
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What the CLI reads about the dataset that it creates. */
export function writeMetadata(source: Source, ref: string): void {
  const metadata = { id: ref, title: `Bench ${ref.split('/')[1]}`, licenses: [{ name: 'CC0-1.0' }] };
  writeFileSync(join(source.packed, 'dataset-metadata.json'), JSON.stringify(metadata));
}
