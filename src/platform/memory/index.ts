import { checkMembers } from '../../core/check-members.ts';
import type { Platform } from '../../core/platform.ts';
import { memoryFiles } from './files.ts';
import { memoryState } from './state.ts';

export { streamSink } from '../../core/bytes/stream-sink.ts';

export interface MemoryPlatformOptions {
  /** The files to start with, by path; a string is stored as UTF-8. */
  files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: no home folder. */
  home?: string | undefined;
}

export interface MemoryPlatform extends Platform {
  /** Content by path. It may be read and changed at any time; a change counts as a new version of the file. */
  readonly files: Map<string, Uint8Array>;
}

/** A platform without any runtime: files and state in memory, an environment of its own. For tests, and for Workers without R2. */
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
