import type { Platform } from '../../core/platform.ts';
import { usesProxy } from '../common/proxy.ts';
import { nodePlatform } from '../node/index.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/** Returns the platform of Bun. Like Node's, but downloads and calls use Bun's `fetch`, which is as fast as node:http there. */
export function bunPlatform(): Platform {
  const node = nodePlatform();
  const putReaches = (url: string) => !usesProxy(url, node.env!);
  return { ...node, name: 'bun', putReaches, putsSmall: false, fetch: undefined, call: undefined, byobBodies: false };
}
