/** A function that is made anew inside of the realm: bounds what the files of a run may take. */

/** A file, a folder or a link. */
export interface Node {
  mode: number;
  usedBytes: number;
  /** Of a folder its nodes by name, of a file its bytes. */
  contents: Record<string, Node>;
}

interface Stream {
  node: Node;
  position: number;
}

/** The part of emscripten's file system that makes files and makes them larger. */
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
 * Lets the files of a run take `limit` bytes together: more is "No space left on device". They are in memory, but not in
 * the part of it that the runtime bounds.
 */
export function limitStorage(files: Storage, limit: number): void {
  const { MEMFS } = files.filesystems;
  /** What the bookkeeping of a file or folder takes. */
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
    // Files that were deleted while they are open.
    for (const stream of files.streams) if (stream) visit(stream.node);
    let sum = 0;
    for (const node of known) sum += entry + (files.isFile(node.mode) ? node.usedBytes : 0);
    return sum;
  };

  const take = (bytes: number) => {
    used += bytes;
    if (used <= limit) return;
    // What was deleted is not counted as it goes.
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
