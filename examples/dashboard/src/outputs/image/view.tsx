import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { imageType } from '../files/kind.ts';
import { baseName, visibleName } from '../files/names.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { TooLarge } from '../preview/too-large.tsx';
import { useBlob } from '../preview/use-blob.ts';
import { isAnimated } from './animation.ts';
import './view.css';
import { Scroll } from '../preview/scroll.tsx';

/** Larger files are read only when the user wants it, and up to a limit. */
const askAbove = 8_000_000;
const most = 64_000_000;

const zooms = [0.125, 0.25, 0.5, 1, 2, 4, 8];
const reducedMotion = '(prefers-reduced-motion: reduce)';

/** The first frame of an animation. */
function Still({ url, alt, width, height }: { url: string; alt: string; width: number; height: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new Image();
    image.onload = () => canvas.current?.getContext('2d')?.drawImage(image, 0, 0);
    image.src = url;
  }, [url]);
  return <canvas class="image-view-picture" ref={canvas} width={width} height={height} role="img" aria-label={alt} />;
}

/** An image, as an `<img>` of a blob: scripts in an SVG do not run, and it loads nothing. */
export default function ImageView({ source }: PreviewProps) {
  const [wanted, setWanted] = useState(source.size <= askAbove);
  const { file, error, retry } = useBlob(source, wanted && source.size <= most, imageType);
  const [natural, setNatural] = useState<{ width: number; height: number }>();
  const [damaged, setDamaged] = useState(false);
  const [zoom, setZoom] = useState<number | 'fit'>('fit');
  const [backdrop, setBackdrop] = useState(true);
  const [playing, setPlaying] = useState(() => !matchMedia(reducedMotion).matches);

  if (source.size > most) return <TooLarge size={source.size} limit={most} what="image" />;
  if (!wanted) return <TooLarge size={source.size} limit={most} what="image" onRead={() => setWanted(true)} />;
  if (error !== undefined) return <Problem error={error} onRetry={retry} />;
  if (!file) return <Skeleton lines={8} />;
  if (damaged) {
    return (
      <div class="preview-note">
        <p>This image cannot be shown. The file may be damaged.</p>
      </div>
    );
  }
  const animated = isAnimated(file.bytes, file.type);
  const alt = visibleName(baseName(source.name)).slice(0, 200);
  const step = (by: number) => {
    const now = zoom === 'fit' ? zooms.indexOf(1) : zooms.indexOf(zoom);
    setZoom(zooms[Math.max(0, Math.min(zooms.length - 1, now + by))]!);
  };
  const width = natural && zoom !== 'fit' ? `${natural.width * zoom}px` : undefined;
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {natural && natural.width > 0 ? `${natural.width} × ${natural.height} pixels, ` : ''}
          {file.type.replace('image/', '').replace('+xml', '').toUpperCase()}, {formatSize(source.size)}
        </span>
        <span class="image-view-zoom">
          <Button kind="quiet" aria-label="Zoom out" disabled={zoom === zooms[0]} onClick={() => step(-1)}>
            −
          </Button>
          <Button kind="quiet" aria-pressed={zoom === 'fit'} onClick={() => setZoom('fit')}>
            Fit
          </Button>
          <Button kind="quiet" aria-pressed={zoom === 1} onClick={() => setZoom(1)}>
            {zoom === 'fit' ? '100%' : `${zoom * 100}%`}
          </Button>
          <Button kind="quiet" aria-label="Zoom in" disabled={zoom === zooms.at(-1)} onClick={() => step(1)}>
            +
          </Button>
        </span>
        <label>
          <input type="checkbox" checked={backdrop} onChange={(event) => setBackdrop(event.currentTarget.checked)} />
          Checkerboard
        </label>
        {animated && (
          <Button kind="quiet" onClick={() => setPlaying(!playing)}>
            {playing ? 'Stop' : 'Play'}
          </Button>
        )}
      </div>
      <Scroll class={`image-view${zoom === 'fit' ? ' image-view-fit' : ''}`} label="Image">
        <div class={backdrop ? 'image-view-board' : undefined} style={{ width }}>
          {animated && !playing && natural ? (
            <Still url={file.url} alt={alt} {...natural} />
          ) : (
            <img
              class="image-view-picture"
              src={file.url}
              alt={alt}
              onLoad={(event) =>
                setNatural({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
              }
              onError={() => setDamaged(true)}
            />
          )}
        </div>
      </Scroll>
    </>
  );
}
