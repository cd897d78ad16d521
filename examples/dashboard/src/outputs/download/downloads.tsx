import { useEffect } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Progress } from '../../ui/progress.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { formatCount, plural } from '../files/counts.ts';
import { baseName, visibleName } from '../files/names.ts';
import type { Listing } from '../list/listing.ts';
import './downloads.css';
import {
  cancelDownload,
  continueDownloads,
  type DownloadJob,
  downloads,
  isRunning as isRunningJob,
  removeDownload,
  resumeDownload,
} from './jobs.ts';

function titleOf({ files, fileCount }: DownloadJob): string {
  const [only] = files === 'all' ? [] : files;
  return fileCount === 1 && only !== undefined ? visibleName(baseName(only)).slice(0, 120) : plural(fileCount, 'file');
}

function stateOf({ state, received, total, filesDone, fileCount, target }: DownloadJob): string {
  const bytes = total === undefined ? formatSize(received) : `${formatSize(received)} of ${formatSize(total)}`;
  const files = fileCount > 1 ? `, ${formatCount(filesDone)} of ${plural(fileCount, 'file')}` : '';
  switch (state) {
    case 'running':
      return bytes + files;
    case 'waiting':
      return `waiting for the network at ${bytes}`;
    case 'interrupted':
      return 'interrupted';
    case 'saving':
      return `saving to ${target}`;
    case 'done':
      return `saved to ${target ?? 'your downloads'}`;
    case 'canceled':
      return received > 0 ? `canceled at ${bytes}` : 'canceled';
    case 'failed':
      return 'failed';
  }
}

function Download({ job, listing }: { job: DownloadJob; listing: Listing }) {
  const isRunning = isRunningJob(job);
  const title = titleOf(job);
  return (
    <li class="download">
      <Icon name={job.state === 'done' ? 'check' : 'download'} />
      <span class="download-title">
        <bdi>{title}</bdi>
      </span>
      <span class="download-state muted small numbers" role={isRunning ? undefined : 'status'}>
        {stateOf(job)}
      </span>
      {isRunning ? (
        <Button
          kind="quiet"
          icon="stop"
          aria-label={`Cancel the download of ${title}`}
          onClick={() => cancelDownload(job.id)}
        />
      ) : (
        <Button
          kind="quiet"
          icon="cross"
          aria-label={`Dismiss the download of ${title}`}
          onClick={() => removeDownload(job.id)}
        />
      )}
      {(job.state === 'canceled' || job.state === 'interrupted') && (
        <Button icon="rerun" onClick={() => resumeDownload(job, listing)}>
          Resume
        </Button>
      )}
      {isRunning && (
        <Progress label={`Download of ${title}`} {...(job.total && { value: Math.min(1, job.received / job.total) })} />
      )}
      {job.state === 'failed' && (
        <Problem error={job.error} retryLabel="Resume" onRetry={() => resumeDownload(job, listing)} />
      )}
    </li>
  );
}

/** The downloads of a run that were started in this tab. */
export function Downloads({ run, listing }: { run: string; listing: Listing }) {
  const jobs = downloads.value.filter((job) => job.run === run);
  useEffect(() => {
    if (listing.complete) continueDownloads(run, listing);
  }, [run, listing]);
  if (jobs.length === 0) return null;
  return (
    <ul class="downloads card" aria-label="Downloads">
      {jobs.map((job) => (
        <Download key={job.id} job={job} listing={listing} />
      ))}
    </ul>
  );
}
