import { useEffect, useState } from 'preact/hooks';
import { PreviewError } from './preview-error.ts';
import type { FileSource } from './source.ts';

/** A whole file as an address for an element of the page. */
export interface BlobFile {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly url: string;
}

/** Reads a whole file when `isWanted`, with a type that is found from its bytes. The address is revoked when the component is gone. */
export function useBlob(
  source: FileSource,
  isWanted: boolean,
  typeOf: (bytes: Uint8Array) => string | undefined,
): { file: BlobFile | undefined; error: unknown; retry: () => void } {
  const [file, setFile] = useState<BlobFile>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt reads again
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    let url: string | undefined;
    setError(undefined);
    source.read(0, source.size).then(
      (bytes) => {
        if (!isCurrent) return;
        const type = typeOf(bytes);
        if (!type)
          return setError(
            new PreviewError(
              'The file cannot be read',
              'cannot show the file: its content does not match its name; download it to check',
            ),
          );
        url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
        setFile({ bytes, type, url });
      },
      (reason: unknown) => isCurrent && setError(reason),
    );
    return () => {
      isCurrent = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [source, isWanted, attempt]);
  return { file, error, retry: () => setAttempt(attempt + 1) };
}
