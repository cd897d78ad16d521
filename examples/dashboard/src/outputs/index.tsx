import { useEffect, useState } from 'preact/hooks';
import { lazy } from '../app/lazy.tsx';
import { client } from '../data/client.ts';
import { Empty } from '../ui/empty.tsx';
import { Problem } from '../ui/problem.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { openFile } from './address.ts';
import { FileList } from './list/file-list.tsx';
import { type Listing, loadListing } from './list/listing.ts';
import './outputs.css';

const Preview = lazy(() => import('./preview/panel.tsx'));

export interface OutputsProps {
  /** The run, as `owner/slug` or `owner/slug/version`. It has ended. */
  run: string;
}

/** The output files of a run: a list with downloads and previews. The address says which preview is open. */
export default function Outputs({ run }: OutputsProps) {
  const [listing, setListing] = useState<Listing>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const aborting = new AbortController();
    setError(undefined);
    loadListing(client, run, aborting.signal, setListing).catch((reason: unknown) => {
      if (!aborting.signal.aborted) setError(reason);
    });
    return () => aborting.abort();
  }, [run, attempt]);

  const file = openFile();
  const isEmpty = listing?.complete && listing.names.length === 0;
  return (
    <section class="outputs" aria-labelledby="outputs-title">
      {isEmpty || !listing ? <h2 id="outputs-title">Output files</h2> : null}
      {error !== undefined && <Problem error={error} onRetry={() => setAttempt(attempt + 1)} />}
      {!listing && error === undefined && <Skeleton lines={4} />}
      {isEmpty && (
        <Empty title="No output files" icon="folder" heading="h3">
          This run left nothing in /kaggle/working. Files that a script writes there appear here when the run has ended.
        </Empty>
      )}
      {listing && !isEmpty && listing.names.length > 0 && <FileList key={run} run={run} listing={listing} />}
      {file !== undefined && <Preview run={run} file={file} listing={listing} />}
    </section>
  );
}
