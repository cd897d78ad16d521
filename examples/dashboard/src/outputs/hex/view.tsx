import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { PreviewProps } from '../preview/preview-props.ts';
import { useLoaded } from '../preview/use-loaded.ts';
import { hexRows } from './rows.ts';
import './view.css';
import { Scroll } from '../preview/scroll.tsx';

/** Bytes that are shown. */
const most = 4096;

/** The first bytes of a file that has no other preview. */
export default function HexView({ source, kind }: PreviewProps) {
  const { value, error, retry } = useLoaded(() => source.read(0, most));
  if (error !== undefined) return <Problem error={error} onRetry={retry} />;
  if (!value) return <Skeleton />;
  const lines = hexRows(value);
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {source.size > most
            ? `First ${formatSize(value.length)} of ${formatSize(source.size)}`
            : `All ${formatSize(source.size)}`}
          {kind === 'binary' && ', no preview for this type of file'}
        </span>
      </div>
      <Scroll class="hex-view" label="Bytes of the file">
        {lines.length === 0 ? (
          <p class="preview-note muted">The file is empty.</p>
        ) : (
          <pre>{lines.map(({ offset, hex, text }) => `${offset}  ${hex}  ${text}`).join('\n')}</pre>
        )}
      </Scroll>
    </>
  );
}
