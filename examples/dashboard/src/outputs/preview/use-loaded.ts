import { useEffect, useState } from 'preact/hooks';

/** A value that is loaded, or the reason why it is not. */
export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  retry(): void;
}

/** Loads a value once; again after `retry` and when `key` changes. What arrives after the component is gone is ignored. */
export function useLoaded<Value>(load: () => Promise<Value>, key: unknown = undefined): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for what `load` depends on
  useEffect(() => {
    let isCurrent = true;
    setError(undefined);
    load().then(
      (loaded) => isCurrent && setValue(() => loaded),
      (reason: unknown) => isCurrent && setError(reason),
    );
    return () => {
      isCurrent = false;
    };
  }, [key, attempt]);
  return { value, error, retry: () => setAttempt(attempt + 1) };
}
