/** Uploads files and creates exactly one version of them, for every area with versions. Not a public entry. */
export type { ArchiveChoice } from './archive-files.ts';
export { placeFiles } from './directories.ts';
export { findVersion, type Mark } from './find-version.ts';
export { type MadeVersion, makeVersion } from './make-version.ts';
export { type VersionOptions, versionFields } from './options.ts';
export type { Snapshot, StoredFile, Verb, Versioned } from './versioned.ts';
