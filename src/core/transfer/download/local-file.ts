import { abortable } from '../../abortable.ts';
import { base64, createHasher } from '../../hash/checksum.ts';
import type { ByteSource } from '../../platform.ts';
import type { Verified } from '../../progress.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { ContentFacts } from '../ranged/content.ts';
import { startHash } from '../running-hash.ts';

/** What to do about an existing file: `check` whether it matches the server's, or `overwrite` it in any case. */
export type Existing = 'check' | 'overwrite';

/** The destination of a download in the file system, where a file may exist. */
export interface LocalFile {
  /** Bytes; `undefined` if there is no file to compare. */
  readonly size: number | undefined;
  /**
   * How the file was verified to be the object that `facts` describe, or `undefined` if it is not: by its checksum, or if the storage has
   * none, by the record of its download. Reads the file at most once.
   */
  compare(facts: ContentFacts, signal: AbortSignal): Promise<Verified | undefined>;
  /** Records a download, if the storage has no checksum to recognize it by. */
  remember(facts: ContentFacts): Promise<void>;
}

/** The record of a download without a checksum. */
interface Remembered {
  validator: string;
  size: number;
  /** The local file as the download left it: size, time, inode. */
  identity: string;
}

const recordKey = (source: ByteSource, path: string): string => `download:${source.key ?? path}`;

async function hashOf(
  client: KaggleClient,
  source: ByteSource,
  algorithm: 'crc32c' | 'md5',
  signal: AbortSignal,
): Promise<string> {
  const hash = startHash(createHasher(client.platform, algorithm));
  await hash.catchUp(source, source.size, signal);
  return base64(await hash.digest());
}

async function isRemembered(client: KaggleClient, source: ByteSource, path: string, facts: ContentFacts) {
  const found = (await client.platform.state?.get(recordKey(source, path))) as Partial<Remembered> | undefined;
  const identity = await source.identity?.();
  return (
    facts.validator !== undefined &&
    identity !== undefined &&
    found?.validator === facts.validator &&
    found.size === facts.total &&
    found.identity === identity
  );
}

async function remember(client: KaggleClient, path: string, facts: ContentFacts): Promise<void> {
  const { fs, state } = client.platform;
  const { validator, total, sums } = facts;
  if (!fs || !state || validator === undefined || total === undefined || sums.crc32c || sums.md5) return;
  const source = await fs.source(path);
  try {
    const identity = await source.identity?.();
    if (identity === undefined) return;
    await state.set(recordKey(source, path), { validator, size: total, identity } satisfies Remembered);
  } finally {
    await source.close?.();
  }
}

/** Looks at `path`, the destination of a download. The platform must have a file system. */
export async function localFile(client: KaggleClient, path: string, existing: Existing): Promise<LocalFile> {
  const fs = client.platform.fs!;
  const entry = existing === 'check' ? await fs.stat(path) : undefined;
  return {
    size: entry?.kind === 'file' ? entry.size : undefined,
    async compare(facts, signal) {
      if (facts.encoded || facts.total === undefined) return undefined;
      const source = await fs.source(path);
      try {
        const algorithm = facts.sums.crc32c ? 'crc32c' : facts.sums.md5 ? 'md5' : undefined;
        if (source.size !== facts.total) return undefined;
        if (!algorithm) return (await isRemembered(client, source, path, facts)) ? 'length' : undefined;
        const ours = await abortable(hashOf(client, source, algorithm, signal), signal);
        return ours === facts.sums[algorithm] ? algorithm : undefined;
      } finally {
        await source.close?.();
      }
    },
    // Without a record, the next call downloads the file again.
    remember: (facts) => remember(client, path, facts).catch(() => undefined),
  };
}
