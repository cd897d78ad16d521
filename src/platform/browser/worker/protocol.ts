/** Changes with the messages: a page and a worker file of different releases do not work together. */
export const protocol = 1;

/** What a page asks of its worker. */
export interface Tasks {
  /** Continues a CRC over `data`. */
  crc(input: {
    algorithm: 'crc32' | 'crc32c';
    crc: number;
    data: Uint8Array<ArrayBuffer> | Blob;
    webAssembly: boolean;
  }): number;
  /** Adds bytes to the MD5 called `hash`, which the first call creates. */
  md5(input: { hash: number; data: Uint8Array<ArrayBuffer> }): void;
  /** Ends an MD5. */
  digest(input: { hash: number }): Uint8Array;
  /**
   * Opens the unfinished file `name`, which can exist already. `folder` is a path in the origin private file system: Safari cannot
   * send handles.
   */
  open(input: { part: number; folder: string; name: string }): SavedPart | undefined;
  write(input: { part: number; data: Uint8Array<ArrayBuffer>; position: number }): void;
  read(input: { part: number; start: number; end: number }): Uint8Array;
  note(input: { part: number; value: unknown }): void;
  restart(input: { part: number }): void;
  /** Moves the file to its final name. */
  publish(input: { part: number }): void;
  /** Closes the file, and removes it unless `keep`. */
  close(input: { part: number; keep: boolean }): void;
}

/** What an earlier page left of a file. */
export interface SavedPart {
  note: unknown;
  /** Bytes. */
  size: number;
}

export type TaskName = keyof Tasks;
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
export type TaskResult<Name extends TaskName> = ReturnType<Tasks[Name]>;

/** A message to the worker. */
export interface Request<Name extends TaskName = TaskName> {
  id: number;
  task: Name;
  input: TaskInput<Name>;
}

/** A message of the worker: that it started, or the result of a request. */
export type Reply = { protocol: number } | { id: number; result: unknown } | { id: number; error: ReplyError };

/** An error of the worker. Its `name` says what happened, as that of a `DOMException` does. */
export interface ReplyError {
  name: string;
  message: string;
}
