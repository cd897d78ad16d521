import { get } from 'kaggle-ts/kernels';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { navigate, type PageProps, route } from '../../app/route.ts';
import { client } from '../../data/client.ts';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { RunProblem } from './run-problem.tsx';
import { RunView } from './run-view.tsx';
import { parseParams, targetOf } from './target.ts';

/** A line that the query names: `line=120`. */
function lineOf(query: URLSearchParams): number | undefined {
  const line = Number(query.get('line'));
  return Number.isSafeInteger(line) && line > 0 ? line : undefined;
}

/** `#/run/owner/slug[/version]`. */
export default function Page({ params, query }: PageProps) {
  const parsed = parseParams(params);
  if (!parsed) {
    return (
      <Empty
        title="This is not the address of a run"
        heading="h1"
        icon="search"
        action={
          <a class="button button-primary" href="#/">
            All runs
          </a>
        }
      >
        Expected #/run/owner/notebook or #/run/owner/notebook/version, with a version such as 3.
      </Empty>
    );
  }
  if (parsed.version === undefined) return <Latest kernel={parsed.ref} />;
  return <Version kernel={parsed.ref} version={parsed.version} line={lineOf(query)} />;
}

function Version({ kernel, version, line }: { kernel: string; version: number; line: number | undefined }) {
  const target = useMemo(() => targetOf(kernel, version), [kernel, version]);
  return <RunView key={target.name} target={target} line={line} />;
}

/** Finds the latest version, and goes to its address, which stays valid when there is another one. */
function Latest({ kernel }: { kernel: string }) {
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks again
  useEffect(() => {
    const controller = new AbortController();
    setError(undefined);
    get(client, kernel, { signal: controller.signal }).then(
      ({ metadata }) => {
        const { query } = route.peek();
        const path = `#/run/${kernel}/${metadata?.currentVersionNumber || 1}`;
        navigate(query.size > 0 ? `${path}?${query}` : path, { replace: true });
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(reason);
      },
    );
    return () => controller.abort();
  }, [kernel, attempt]);
  return (
    <>
      <h1>{kernel}</h1>
      {error === undefined ? (
        <Skeleton />
      ) : (
        <RunProblem error={error} kernel={kernel} onRetry={() => setAttempt(attempt + 1)} />
      )}
    </>
  );
}
