import type { Job } from 'kaggle-ts/kernels';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { navigate, type PageProps, runAddress } from '../../app/route.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { openJob } from '../run/open-job.ts';
import { RunProblem } from '../run/run-problem.tsx';
import { keepJob } from '../run/target.ts';

/** The job with an id, or why there is none. */
function open(id: string): { job?: Job; error?: unknown } {
  try {
    return { job: openJob(id) };
  } catch (error) {
    return { error };
  }
}

/** `#/job/<id>`: checks that the job is one of this account, and goes to the page of its run. */
export default function Page({ params }: PageProps) {
  const id = params.join('/');
  const opened = useMemo(() => open(id), [id]);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const { job } = opened;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks again
  useEffect(() => {
    if (!job) return;
    const controller = new AbortController();
    setError(undefined);
    job.peek({ signal: controller.signal }).then(
      () => {
        keepJob(job);
        navigate(runAddress(job), { replace: true });
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(reason);
      },
    );
    return () => controller.abort();
  }, [job, attempt]);

  const problem = opened.error ?? error;
  return (
    <>
      <div class="page-head">
        <h1>{job ? `Job of ${job.ref}, version ${job.versionNumber}` : 'Job'}</h1>
      </div>
      {problem === undefined ? (
        <Skeleton />
      ) : (
        <RunProblem error={problem} kernel={job?.ref} onRetry={() => setAttempt(attempt + 1)} />
      )}
    </>
  );
}
