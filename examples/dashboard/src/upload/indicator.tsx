import { useEffect } from 'preact/hooks';
import { route } from '../app/route.ts';
import { Icon } from '../ui/icon.tsx';
import { Progress } from '../ui/progress.tsx';
import { continueUploads, isUnfinished, type UploadView, uploads } from './uploads.ts';
import './indicator.css';

function fractionOf({ live: { activity } }: UploadView): number | undefined {
  if (activity?.type !== 'sending' || activity.progress.preparing) return undefined;
  return activity.progress.total === 0 ? 1 : activity.progress.sent / activity.progress.total;
}

function wordsOf(unfinished: readonly UploadView[]): string {
  const waits = unfinished.filter(({ live }) => live.needs);
  if (waits.length > 0) return 'Upload needs you';
  const [first] = unfinished;
  if (unfinished.length > 1) return `${unfinished.length} uploads`;
  if (first?.live.activity?.type === 'waiting') return 'Waiting for the network';
  if (first?.state === 'processing') return 'Processing data';
  const fraction = first && fractionOf(first);
  return fraction === undefined ? 'Uploading' : `Uploading ${Math.floor(fraction * 100)} %`;
}

/** Shows on every page that something is being uploaded, and continues what an earlier page did not finish. */
export default function UploadIndicator() {
  useEffect(continueUploads, []);
  const unfinished = uploads.value.filter(isUnfinished);
  // The page of the uploads itself shows more.
  if (unfinished.length === 0 || route.value.name === 'new') return null;
  const [first] = unfinished;
  const fraction = unfinished.length === 1 && first ? fractionOf(first) : undefined;
  return (
    <aside aria-label="Uploads">
      <a class="uploading" href="#/new">
        <Icon name="upload" />
        <span>{wordsOf(unfinished)}</span>
        <Progress label="Upload" {...(fraction !== undefined && { value: fraction })} />
      </a>
    </aside>
  );
}
