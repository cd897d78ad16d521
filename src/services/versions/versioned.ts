import type { FileInput } from '../../core/transfer/inputs.ts';
import type { BlobStart } from '../../core/transfer/upload/upload.ts';

/** What a look shows of something that has versions. */
export interface Snapshot {
  /** `undefined` where the server does not say. */
  readonly title: string | undefined;
  /** The highest version that it tells of; 0 for none. */
  readonly latest: number;
  /** Those that it lists, which need not be all. */
  readonly versions: readonly ListedVersion[];
}

export interface ListedVersion {
  readonly number: number;
  /** Empty where they are not shown. */
  readonly notes: string;
  readonly status: string | undefined;
}

/** A file that has arrived: its token is good for one call. */
export interface StoredFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly token: string;
  /** What the caller passed. */
  readonly input: FileInput;
}

/** What the caller wants: something new, a version of what exists, or whichever of them fits. */
export type Verb = 'create' | 'createVersion' | 'createOrVersion';

/** The two calls that use the tokens of uploaded files. */
export type VersionCall = 'create' | 'version';

/**
 * Something at Kaggle that is made of uploaded files, one version after another: a dataset. The verbs of an area implement
 * it for what they make; `makeVersion` knows nothing else of the area.
 */
export interface Versioned<Answer> {
  /** What it is called in messages: `dataset`. */
  readonly kind: string;
  /** `owner/slug`. */
  readonly name: string;
  /** Its web page. */
  readonly page: string;
  readonly title: string;
  /** What the caller says of the version; a mark is added where it can be recognised by that. */
  readonly notes: string;

  /** What StartBlobUpload is told of a file, by its base name. */
  blob(name: string): BlobStart;
  /** Whether something is said of a file that an archive would lose: a description, columns. */
  hasDetails(input: FileInput): boolean;
  /** `undefined` when it does not exist, or not for this user. */
  lookUp(signal: AbortSignal): Promise<Snapshot | undefined>;
  /** One call, never repeated by itself. */
  create(files: readonly StoredFile[], signal: AbortSignal): Promise<Answer>;
  /** One call, never repeated by itself. `notes` are those of this version, with the mark. */
  addVersion(files: readonly StoredFile[], notes: string, signal: AbortSignal): Promise<Answer>;
  /** In what the first version differs from what is to be sent; `undefined`: in nothing, so it is ours. */
  compareFirst(found: Snapshot, signal: AbortSignal): Promise<string | undefined>;

  /** Whether this client has made it, and it need not be shown yet. */
  isNew(): boolean;
  /** Whether the credential is of its owner, as far as the server tells. */
  isOwner(signal: AbortSignal): Promise<boolean>;
  /** Whether its first version is still being processed: until then another one is refused. */
  isFirstInWork(found: Snapshot, signal: AbortSignal): Promise<boolean>;
  /** Waits until the first version has been processed, and looks it up again. */
  awaitFirst(signal: AbortSignal): Promise<Snapshot | undefined>;

  /** Why a verb cannot do its work: there is one already, or there is none. */
  wrongVerb(why: 'exists' | 'missing'): Error;
  /** Whether a refusal says that the call has worked (`made`), or that the name or the tokens are in use (`taken`). */
  meaningOf(refusal: unknown): 'made' | 'taken' | undefined;
  /** A refusal with a word on what it means and what to do, where that is known. */
  explain(refusal: unknown, call: VersionCall): unknown;
}
