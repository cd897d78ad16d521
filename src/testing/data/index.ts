import type { Keeper } from '../keeper.ts';
import { openBlobs } from './blobs.ts';
import { takeFolder } from './folder.ts';
import { folderKeeper, type SavedState } from './keeper.ts';
import { type Loaded, load } from './load.ts';
import { makeFolders } from './save.ts';

/**
 * Opens a data folder, creating it if necessary, and loads the state from it. Throws if it is not a data folder, has
 * another format, is corrupted, or is in use.
 */
export async function openData(
  path: string,
  saved: SavedState,
): Promise<{ keeper: Keeper; loaded: Loaded | undefined }> {
  const folder = await takeFolder(path);
  try {
    const blobs = openBlobs(folder.blobs);
    const loaded = load(folder, blobs, saved.state);
    const keeper = folderKeeper(folder, blobs, saved);
    keeper.adopt();
    // First, as it marks the folder as a data folder.
    if (!loaded) keeper.rest();
    makeFolders(folder);
    return { keeper, loaded };
  } catch (error) {
    await folder.release();
    throw error;
  }
}
