import type { FileKind } from '../files/kind.ts';
import type { FileSource } from './source.ts';

/** What each preview receives. Its component is mounted again for another file. */
export interface PreviewProps {
  source: FileSource;
  kind: FileKind;
}
