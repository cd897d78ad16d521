/** For `node --import`: an example of this repository runs from the sources of the package. */
import { registerSources } from './sources.ts';

registerSources();
