import { checkMembers } from '../../core/check-members.ts';
import type { FileSystem, Platform, StateStore } from '../../core/platform.ts';
import type { TransferWorker } from './transfer-worker.ts';

export { fileSource } from '../../core/bytes/file-source.ts';
export * from '../everywhere.ts';
export { type DirectoryFilesOptions, directoryFiles, opfs } from './directory-files.ts';
export { directoryFolder } from './directory-folder.ts';
export { type DirectoryFile, directorySources } from './directory-sources.ts';
export { droppedFiles } from './dropped-files.ts';
export { indexedDbState } from './indexed-db-state.ts';
export { type SavedFile, type SavedFileSet, type SavedFiles, savedFiles } from './saved-files.ts';
export { type TransferWorker, type TransferWorkerOptions, transferWorker } from './transfer-worker.ts';

/** Options of `browserPlatform`. */
export interface BrowserPlatformOptions {
  /** Files by path, for example `opfs()`. @default None. */
  fs?: FileSystem | undefined;
  /** Store for the state of unfinished uploads, for example `indexedDbState()`. @default None; they cannot resume after a reload. */
  state?: StateStore | undefined;
  /** Computes checksums off the main thread: `transferWorker()`. @default None; they are computed in the page. */
  worker?: TransferWorker | undefined;
  /**
   * Whether checksums may use WebAssembly, which is faster. Set it if the page has no Content Security Policy, or one whose
   * `script-src` contains `'wasm-unsafe-eval'`; otherwise the browser reports a violation. @default false
   */
  webAssembly?: boolean | undefined;
}

/**
 * Returns the platform of web pages and their workers. It stores nothing and accesses no files, unless they are passed as options.
 *
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { browserPlatform, createClient, indexedDbState, opfs } from 'kaggle-ts/browser';
 *
 * const platform = browserPlatform({ fs: opfs('kaggle'), state: indexedDbState() });
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy', platform });
 * ```
 */
export function browserPlatform(options: BrowserPlatformOptions = {}): Platform {
  checkMembers('browserPlatform', options, {
    fs: 'an object',
    state: 'an object',
    worker: 'an object',
    webAssembly: 'true or false',
  });
  return {
    ...options,
    hasher: options.worker?.hasher,
    name: 'browser',
    // Browsers open at most six HTTP/1.1 connections per host, and queue further requests.
    concurrency: 6,
    opaqueRedirects: true,
    credentialHelp: () =>
      "pass createClient({ endpoint, credential: 'proxy' }) with your own proxy (kaggle-ts/proxy), which adds one; visitors can read a token in a page",
    log: (line) => console.error(line),
  };
}
