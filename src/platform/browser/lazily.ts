/**
 * Calls `open` once, at the first use. A failure, such as a denied permission, is not cached. `forget` makes the next use call `open`
 * again.
 */
export function lazily<T>(open: (forget: () => void) => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  const forget = () => {
    opened = undefined;
  };
  return () => {
    opened ??= open(forget).catch((error: unknown) => {
      forget();
      throw error;
    });
    return opened;
  };
}
