/** A function that is compiled again inside the realm: limits the size of all files of a run. */

/** A file, a folder or a link. */
export interface Node {
  mode: number;
  usedBytes: number;
  /** For a folder, its nodes by name; for a file, its bytes. */
  contents: Record<string, Node>;
}

interface Stream {
  node: Node;
  position: number;
}

/** The part of emscripten's file system that creates and extends files. */
export interface Storage {
  readonly root: Node;
  readonly streams: (Stream | null)[];
  readonly filesystems: {
    MEMFS: { resizeFileStorage(node: Node, size: number): void; getFileDataAsTypedArray(node: Node): Uint8Array };
  };
  readonly ErrnoError: new (errno: number) => Error;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  createNode(...values: never[]): Node;
  write(stream: Stream, bytes: never, offset: never, length: number, position?: number, canOwn?: never): number;
}

/**
 * Limits the files of a run to `limit` bytes in total; then writes fail with "No space left on device". The files are
 * in memory, but outside of the part that the runtime limits.
 */
export function limitStorage(files: Storage, limit: number): void {
  const { MEMFS } = files.filesystems;
  /** Estimated overhead of a file or folder in bytes. */
  const entry = 1024;
  const noSpace = 51;
  let used = 0;

  const measure = () => {
    const known = new Set<Node>();
    const visit = (node: Node) => {
      if (known.has(node)) return;
      known.add(node);
      if (files.isDir(node.mode)) Object.values(node.contents).forEach(visit);
    };
    visit(files.root);
    // Deleted files that are still open.
    for (const stream of files.streams) if (stream) visit(stream.node);
    let sum = 0;
    for (const node of known) sum += entry + (files.isFile(node.mode) ? node.usedBytes : 0);
    return sum;
  };

  const take = (bytes: number) => {
    used += bytes;
    if (used <= limit) return;
    // Deletions are not tracked: measure again.
    used = measure() + bytes;
    if (used <= limit) return;
    used -= bytes;
    throw new files.ErrnoError(noSpace);
  };

  const { createNode, write } = files;
  const { resizeFileStorage } = MEMFS;
  files.createNode = (...values) => {
    take(entry);
    return createNode.apply(files, values);
  };
  files.write = (stream, bytes, offset, length, position, canOwn) => {
    const { node } = stream;
    const more = (position ?? stream.position) + length - node.usedBytes;
    if (files.isFile(node.mode) && more > 0) take(more);
    return write.call(files, stream, bytes, offset, length, position, canOwn);
  };
  MEMFS.resizeFileStorage = (node, size) => {
    if (size > node.usedBytes) take(size - node.usedBytes);
    resizeFileStorage.call(MEMFS, node, size);
  };
}
