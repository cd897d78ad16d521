import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Source } from '../scratch.ts';
import type { Transfer } from './run.ts';

interface Stored {
  name: string;
  size: number;
  crc: number;
}

/** The dataset was made of the files that were to be sent, and in a thorough round the server saw the same bytes. */
export function checkUpload({ files }: Source): Transfer['check'] {
  return async ({ job, runner, thorough }, server) => {
    if (runner.worker.name === 'curl') return;
    const stored = await server.ask<Stored[]>('files', { ref: `${job.owner}/${job.slug}` });
    const bytes = (list: readonly { size: number }[]) => list.reduce((sum, { size }) => sum + size, 0);
    // kagglehub sends more than 50 files as one archive.
    if (runner.worker.name === 'kagglehub' && files.length > 50) {
      if (stored.length !== 1 || bytes(stored) < bytes(files)) throw new Error('no archive of all files arrived');
      return;
    }
    const found = new Map(stored.map((file) => [file.name, file]));
    if (stored.length !== files.length) throw new Error(`${stored.length} of ${files.length} files arrived`);
    for (const { name, size, crc32: crc } of files) {
      const file = found.get(name);
      if (file?.size !== size) throw new Error(`${name} has ${file?.size} bytes at the server, not ${size}`);
      if (thorough && file.crc !== crc) throw new Error(`${name} has other bytes at the server`);
    }
  };
}

interface Known {
  size: number;
  etag: string;
  /** Of an archive. */
  content?: { files: number; bytes: number; crcSum: number };
}

/** The file is there, of the right length and in a thorough round with the right md5. */
export function checkFile(object: string): Transfer['check'] {
  return async ({ job, thorough }, server) => {
    const path = join(job.out, job.file);
    const { size, etag } = await server.ask<Known>('object', { path: object });
    const there = statSync(path).size;
    if (there !== size) throw new Error(`${job.file} has ${there} bytes, not ${size}`);
    if (!thorough) return;
    const md5 = createHash('md5');
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) md5.update(chunk);
    if (`"${md5.digest('hex')}"` !== etag) throw new Error(`${job.file} has other bytes than the server's`);
  };
}

/** All files of the archive are there, among others perhaps; in a thorough round with the right content. */
export function checkFolder(object: string, names: RegExp): Transfer['check'] {
  return async ({ job, thorough }, server) => {
    const { content } = await server.ask<Known>('object', { path: object });
    const paths = readdirSync(job.out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && names.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    if (paths.length !== content!.files) throw new Error(`${paths.length} of ${content!.files} files are there`);
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    if (bytes !== content!.bytes) throw new Error(`the files have ${bytes} bytes, not ${content!.bytes}`);
    if (!thorough) return;
    const crcSum = paths.reduce((sum, path) => (sum + crc32(readFileSync(path))) % 2 ** 32, 0);
    if (crcSum !== content!.crcSum) throw new Error('the files have other bytes than those of the archive');
  };
}
