import type { Platform } from '../../core/platform.ts';
import { nodePlatform } from '../node/index.ts';

export * from '../everywhere.ts';
export { folderState } from '../shared/node-state.ts';

/** Bun: its node:fs, node:os and node:crypto do the work, as on Node. */
export function bunPlatform(): Platform {
  return { ...nodePlatform(), name: 'bun' };
}
