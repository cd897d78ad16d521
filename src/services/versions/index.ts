/** Sending files and making exactly one version of them, for any area whose things have versions. Not a public entry. */
export type { ArchiveChoice } from './archive-files.ts';
export type { Made } from './call-version.ts';
export { placeFiles } from './directories.ts';
export { sightMade, type Trace } from './find-version.ts';
export { makeVersion } from './make-version.ts';
export type { VersionOptions } from './options.ts';
export type { Snapshot, StoredFile, Verb, Versioned } from './versioned.ts';
