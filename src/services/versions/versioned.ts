import type { FileInput } from '../../core/transfer/inputs.ts';
import type { BlobStart } from '../../core/transfer/upload/upload.ts';

/** What a look-up shows of something that has versions. */
export interface Snapshot {
  /** `undefined` if the server does not say. */
  readonly title: string | undefined;
  /** Highest version number; 0 for none. */
  readonly latest: number;
  /** The listed versions, which may not be all. */
  readonly versions: readonly ListedVersion[];
}

export interface ListedVersion {
  readonly number: number;
  /** Empty if they are not shown. */
  readonly notes: string;
  readonly status: string | undefined;
}

/** An uploaded file. Its token is valid for one call. */
export interface StoredFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly token: string;
  /** The input that the caller passed. */
  readonly input: FileInput;
}

/** What the caller wants: something new, a version of something existing, or whichever fits. */
export type Verb = 'create' | 'createVersion' | 'createOrVersion';

/** The two calls that use the tokens of uploaded files. */
export type VersionCall = 'create' | 'version';

/**
 * Something on Kaggle that consists of uploaded files, version by version, such as a dataset. An area implements it for its verbs;
 * `makeVersion` knows nothing else of the area.
 */
export interface Versioned<Answer> {
  /** Noun for messages, such as `dataset`. */
  readonly kind: string;
  /** `owner/slug`. */
  readonly name: string;
  /** URL of its page. */
  readonly page: string;
  readonly title: string;
  /** The caller's notes of the version; a marker is appended. */
  readonly notes: string;

  /** Fields of StartBlobUpload for the file with this base name. */
  blob(name: string): BlobStart;
  /** Whether an input has a description or columns, which an archive would lose. */
  hasDetails(input: FileInput): boolean;
  /** `undefined` if it does not exist, or not for this user. */
  lookUp(signal: AbortSignal): Promise<Snapshot | undefined>;
  /** One call, never retried. */
  create(files: readonly StoredFile[], signal: AbortSignal): Promise<Answer>;
  /** One call, never retried. `notes` are those of this version, with the marker. */
  addVersion(files: readonly StoredFile[], notes: string, signal: AbortSignal): Promise<Answer>;
  /** How the first version differs from the files to upload; `undefined` if it does not, so it is ours. */
  compareFirst(found: Snapshot, signal: AbortSignal): Promise<string | undefined>;

  /** Whether this client created it, so that it may not be visible yet. */
  isNew(): boolean;
  /** Whether the credential belongs to its owner, as far as the server tells. */
  isOwner(signal: AbortSignal): Promise<boolean>;
  /** Whether its first version is still being processed: until then another one is refused. */
  isFirstProcessing(found: Snapshot, signal: AbortSignal): Promise<boolean>;
  /** Waits until the first version was processed, and looks it up again. */
  awaitFirst(signal: AbortSignal): Promise<Snapshot | undefined>;

  /** The error of a verb that does not fit: it exists already, or it does not exist. */
  wrongVerb(why: 'exists' | 'missing'): Error;
  /** Whether a refusal means that the call succeeded, or that the name or the tokens are in use (`taken`). */
  classifyRefusal(refusal: unknown): 'succeeded' | 'taken' | undefined;
  /** A refusal with what it means and what to do, if that is known. */
  explain(refusal: unknown, call: VersionCall): unknown;
}
