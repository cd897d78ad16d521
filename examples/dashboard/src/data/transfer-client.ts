import { browserPlatform, indexedDbState, type KaggleClient, opfs, transferWorker } from 'kaggle-ts/browser';
import { client } from './client.ts';

/** Computes checksums and writes files beside the page, so that scrolling and typing stay smooth. */
const worker = transferWorker(() => new Worker(new URL('./transfer-worker.ts', import.meta.url), { type: 'module' }));

/**
 * The client for what continues after a reload: uploads, downloads, and runs that are started with a key. It has a state store, and
 * files of the origin private file system by path. Import it only in code that is loaded when needed: the first view of a page does
 * without it.
 */
export const transferClient: KaggleClient = {
  ...client,
  platform: {
    ...browserPlatform({ worker, state: indexedDbState(), fs: opfs('kaggle', { worker }) }),
    // Of the six connections that a browser opens to a server, a live log keeps one, and calls need one.
    concurrency: 4,
  },
};
