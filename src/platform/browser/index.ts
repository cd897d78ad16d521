import { checkMembers } from '../../core/check-members.ts';
import type { FileSystem, Platform, StateStore } from '../../core/platform.ts';

export { fileSource } from '../../core/bytes/file-source.ts';
export * from '../everywhere.ts';
export { directoryFiles, opfs } from './directory-files.ts';
export { directoryFolder } from './directory-folder.ts';
export { type DirectoryFile, directorySources } from './directory-sources.ts';
export { indexedDbState } from './indexed-db-state.ts';

export interface BrowserPlatformOptions {
  /** Files by path, for example `opfs()`; default none. */
  fs?: FileSystem | undefined;
  /** Where the state of unfinished transfers is kept, for example `indexedDbState()`; default nowhere. */
  state?: StateStore | undefined;
}

/** Web pages and their workers. Nothing is kept, and no file is reached, unless it is passed in. */
export function browserPlatform(options: BrowserPlatformOptions = {}): Platform {
  checkMembers('browserPlatform', options, { fs: 'an object', state: 'an object' });
  return {
    ...options,
    name: 'browser',
    // Over HTTP/1.1 a browser opens six connections to a host and queues the rest.
    concurrency: 6,
    opaqueRedirects: true,
    credentialHelp: () =>
      'pass createClient({ token }), or createClient({ endpoint }) with the URL of your own proxy that adds one (visitors can read a token in a page)',
    log: (line) => console.error(line),
  };
}
