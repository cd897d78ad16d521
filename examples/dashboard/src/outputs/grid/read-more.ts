/** Rows that are read piece by piece. */
export interface Pieces {
  /** Number of rows so far. */
  count(): number;
  /** Whether there are no more rows. */
  isComplete(): boolean;
  readPiece(): Promise<void>;
}

/** Returns a function that reads on until there is another row: a piece may end before its first row does. One call reads at a time. */
export function readingMore({ count, isComplete, readPiece }: Pieces): () => Promise<void> {
  let reading: Promise<void> | undefined;
  async function read(): Promise<void> {
    try {
      const before = count();
      do await readPiece();
      while (count() === before && !isComplete());
    } finally {
      reading = undefined;
    }
  }
  return () => {
    if (isComplete()) return Promise.resolve();
    reading ??= read();
    return reading;
  };
}
