import type { Keeper } from '../keeper.ts';
import { openBlobs } from './blobs.ts';
import { takeFolder } from './folder.ts';
import { folderKeeper, type Kept } from './keeper.ts';
import { type Loaded, load } from './load.ts';
import { makeFolders } from './save.ts';

/**
 * Takes a data folder, which is made if it is not there, and fills the state from it. Throws when it is no data folder,
 * of another format, damaged, or in use.
 */
export async function openData(path: string, kept: Kept): Promise<{ keeper: Keeper; loaded: Loaded | undefined }> {
  const folder = await takeFolder(path);
  try {
    const blobs = openBlobs(folder.blobs);
    const loaded = load(folder, blobs, kept.state);
    const keeper = folderKeeper(folder, blobs, kept);
    keeper.adopt();
    // First of all what tells that the folder is one of ours.
    if (!loaded) keeper.rest();
    makeFolders(folder);
    return { keeper, loaded };
  } catch (error) {
    await folder.release();
    throw error;
  }
}
