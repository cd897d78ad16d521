import { checkMembers } from '../../core/check-members.ts';
import type { Platform } from '../../core/platform.ts';
import { memoryFiles } from './files.ts';
import { memoryState } from './state.ts';

export { streamSink } from '../../core/bytes/stream-sink.ts';

/** Options of `memoryPlatform`. */
export interface MemoryPlatformOptions {
  /** Initial files by path; a string is stored as UTF-8. @default None. */
  files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** Environment variables. @default None. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Path of the home folder. @default None. */
  home?: string | undefined;
}

/** The platform that `memoryPlatform` returns. */
export interface MemoryPlatform extends Platform {
  /** Content by path. Can be read and changed at any time; a change counts as a new version of the file. */
  readonly files: Map<string, Uint8Array>;
}

/**
 * Returns a platform with files, state and environment in memory; for tests, and for Workers without R2.
 *
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createClient, memoryPlatform } from 'kaggle-ts';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * const platform = memoryPlatform({ files: { 'points.csv': 'x,y' }, env: { KAGGLE_API_TOKEN: 'KGAT_...' } });
 * const client = createClient({ platform });
 * await createOrVersion(client, { owner: 'alice', slug: 'my-points', files: ['points.csv'] });
 * ```
 */
export function memoryPlatform(options: MemoryPlatformOptions = {}): MemoryPlatform {
  checkMembers('memoryPlatform', options, { files: 'an object', env: 'an object', home: 'a string' });
  const { fs, files } = memoryFiles(options.files ?? {});
  return {
    name: 'memory',
    concurrency: 4,
    env: (name) => options.env?.[name],
    home: () => options.home,
    fs,
    files,
    state: memoryState(),
    log: (line) => console.error(line),
  };
}
