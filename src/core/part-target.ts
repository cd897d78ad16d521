/** A file that a `PartTarget` writes. */
export interface TargetFile {
  /** Id of the job that writes it: random, the same in every step. */
  readonly job: string;
  /** Path with `/` between folders. It is checked not to leave the target. */
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes of every part but the last, which can be shorter. */
  readonly partSize: number;
  /** What the last `write` resolved to; `undefined` before the first. */
  readonly kept: unknown;
  /** CRC-32C of the bytes before this call, from the start of the file. */
  readonly crc32c: number;
}

/** One part of a file. */
export interface TargetPart extends TargetFile {
  /** Bytes before this part: a multiple of `partSize`. */
  readonly position: number;
  /** The content of the part. */
  readonly bytes: Uint8Array;
}

/**
 * A target for files that several processes write one after the other, part by part. A process can be killed at any point, and
 * its successor repeats what was not recorded: `write` with the same part, or `finish`, may be called again.
 */
export interface PartTarget {
  /** Bytes of a part; larger files can have larger parts. @default 8388608 */
  readonly partSize?: number | undefined;
  /**
   * Stores a part. The parts of a file arrive in order.
   *
   * @returns A small JSON value, which the next call for this file receives as `kept`. It must not contain secrets. `undefined` if
   * earlier parts were lost: the file is then written again from its start.
   */
  write(part: TargetPart): Promise<unknown>;
  /**
   * Publishes a file whose parts are all stored; for an empty file, without any `write`.
   *
   * @returns Whether the file is complete. `false` if stored parts were lost: the file is then written again from its start.
   */
  finish(file: TargetFile): Promise<boolean>;
}
