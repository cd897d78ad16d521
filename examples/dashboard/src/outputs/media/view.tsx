import { useState } from 'preact/hooks';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { extensionOf } from '../files/names.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { TooLarge } from '../preview/too-large.tsx';
import { useBlob } from '../preview/use-blob.ts';
import './view.css';

const askAbove = 8_000_000;
const most = 64_000_000;

const types: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/mp4',
  webm: 'video/webm',
  ogv: 'video/ogg',
};

/** Audio and video, which are read as a whole: the player cannot read ranges through the proxy. */
export default function MediaView({ source, kind }: PreviewProps) {
  const [wanted, setWanted] = useState(source.size <= askAbove);
  const { file, error, retry } = useBlob(source, wanted && source.size <= most, () => types[extensionOf(source.name)]);
  const [damaged, setDamaged] = useState(false);
  if (source.size > most) return <TooLarge size={source.size} limit={most} what={kind} />;
  if (!wanted) return <TooLarge size={source.size} limit={most} what={kind} onRead={() => setWanted(true)} />;
  if (error !== undefined) return <Problem error={error} onRetry={retry} />;
  if (!file) return <Skeleton lines={8} />;
  if (damaged) {
    return (
      <div class="preview-note">
        <p>This browser cannot play the file: its format is not supported, or it is damaged.</p>
      </div>
    );
  }
  return (
    <div class="media-view preview-scroll">
      {kind === 'audio' ? (
        // biome-ignore lint/a11y/useMediaCaption: an output of a run has no captions
        <audio controls src={file.url} aria-label="Audio of the file" onError={() => setDamaged(true)} />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: an output of a run has no captions
        <video controls src={file.url} aria-label="Video of the file" onError={() => setDamaged(true)} />
      )}
    </div>
  );
}
