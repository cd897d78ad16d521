import { useEffect, useState } from 'preact/hooks';
import { isDark } from '../../app/theme.ts';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { plural } from '../files/counts.ts';
import { visibleName } from '../files/names.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { TooLarge } from '../preview/too-large.tsx';
import { useLoaded } from '../preview/use-loaded.ts';
import { clean } from './clean.ts';
import { parseNotebook } from './document.ts';
import stylesheet from './frame.css?url';
import { notebookHtml, pageHtml } from './html.ts';
import './view.css';

/** Larger files are read only when the user wants it, and up to a limit. */
const askAbove = 8_000_000;
const most = 32_000_000;

/** Notebooks link to the web in new tabs; nothing else is allowed, and no script. */
const sandbox = 'allow-popups allow-popups-to-escape-sandbox';

/** A notebook in a frame without scripts, whose HTML is cleaned first. */
export default function NotebookView({ source }: PreviewProps) {
  const [wanted, setWanted] = useState(source.size <= askAbove);
  const isRead = wanted && source.size <= most;
  const { value, error, retry } = useLoaded(async () => {
    if (!isRead) return undefined;
    const notebook = parseNotebook(new TextDecoder().decode(await source.read(0, source.size)));
    return { notebook, body: notebookHtml(notebook, clean) };
  }, isRead);
  const theme = isDark() ? 'dark' : 'light';
  const [frame, setFrame] = useState<string>();
  const body = value?.body;
  const title = visibleName(source.name).slice(0, 200);
  useEffect(() => {
    if (body === undefined) return;
    const page = pageHtml(body, { title, stylesheet: new URL(stylesheet, location.href).href, theme });
    const url = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
    setFrame(url);
    return () => URL.revokeObjectURL(url);
  }, [body, title, theme]);

  if (source.size > most) return <TooLarge size={source.size} limit={most} what="notebook" />;
  if (!wanted) return <TooLarge size={source.size} limit={most} what="notebook" onRead={() => setWanted(true)} />;
  if (error !== undefined) return <Problem error={error} onRetry={retry} />;
  if (!value) return <Skeleton lines={8} />;
  const { notebook } = value;
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {plural(notebook.cells.length, 'cell')}, {visibleName(notebook.kernel || notebook.language).slice(0, 60)},{' '}
          {formatSize(source.size)}
        </span>
      </div>
      {frame && (
        <iframe
          class="notebook-view"
          src={frame}
          sandbox={sandbox}
          title={`Notebook ${title}`}
          referrerpolicy="no-referrer"
        />
      )}
    </>
  );
}
