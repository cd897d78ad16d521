import type { Platform } from '../../core/platform.ts';
import { usesProxy } from '../common/proxy.ts';
import { nodePlatform } from '../node/index.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/** Bun: its node:fs, node:os and node:crypto do the work, as on Node; its `fetch` downloads as fast as anything. */
export function bunPlatform(): Platform {
  const node = nodePlatform();
  const putReaches = (url: string) => !usesProxy(url, node.env!);
  return { ...node, name: 'bun', putReaches, putsSmall: false, fetch: undefined, call: undefined, byobBodies: false };
}
