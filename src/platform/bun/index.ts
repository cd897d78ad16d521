import type { Platform } from '../../core/platform.ts';
import { nodePlatform } from '../node/index.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/** Bun: its node:fs, node:os and node:crypto do the work, as on Node. */
export function bunPlatform(): Platform {
  return { ...nodePlatform(), name: 'bun' };
}
