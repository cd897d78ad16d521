/** What `kaggle-ts` exports on Node, and what only other conditions of its export map have: for the types of tests. */

export { browserPlatform, opfs } from '../src/browser.ts';
export * from '../src/node.ts';
export { type KvNamespaceLike, kvState, type R2BucketLike, workersPlatform } from '../src/workers.ts';
