import { browserPlatform, indexedDbState, type KaggleClient, opfs } from 'kaggle-ts/browser';
import { client } from './client.ts';

/**
 * The client for what continues after a reload: uploads, downloads, and runs that are started with a key. It has a state store, and
 * files of the origin private file system by path. Import it only in code that is loaded when needed: the first view of a page does
 * without it.
 */
export const transferClient: KaggleClient = {
  ...client,
  platform: browserPlatform({ state: indexedDbState(), fs: opfs('kaggle') }),
};
