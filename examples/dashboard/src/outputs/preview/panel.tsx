import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { lazy } from '../../app/lazy.tsx';
import { client } from '../../data/client.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { closeFile, showFile } from '../address.ts';
import { Downloads } from '../download/downloads.tsx';
import { startDownload } from '../download/jobs.ts';
import { plural } from '../files/counts.ts';
import { type FileKind, kindByContent, kindOf } from '../files/kind.ts';
import { baseName, visibleName } from '../files/names.ts';
import { buildTree, treeRows } from '../files/tree.ts';
import { CopyButton } from '../list/copy-button.tsx';
import type { Listing } from '../list/listing.ts';
import './panel.css';
import type { PreviewProps } from './preview-props.ts';
import { type FileSource, openSource, type ReadStats } from './source.ts';

const views: Readonly<Record<FileKind, ComponentType<PreviewProps>>> = {
  image: lazy(() => import('../image/view.tsx')),
  csv: lazy(() => import('../csv/view.tsx')),
  'json-lines': lazy(() => import('../json/lines-view.tsx')),
  parquet: lazy(() => import('../parquet/view.tsx')),
  json: lazy(() => import('../json/view.tsx')),
  notebook: lazy(() => import('../notebook/view.tsx')),
  html: lazy(() => import('../text/view.tsx')),
  text: lazy(() => import('../text/view.tsx')),
  audio: lazy(() => import('../media/view.tsx')),
  video: lazy(() => import('../media/view.tsx')),
  binary: lazy(() => import('../hex/view.tsx')),
};

const kindNames: Readonly<Record<FileKind, string>> = {
  image: 'image',
  csv: 'table',
  'json-lines': 'table',
  parquet: 'table',
  json: 'tree',
  notebook: 'notebook',
  html: 'source',
  text: 'text',
  audio: 'audio',
  video: 'video',
  binary: 'bytes',
};

/** Bytes that decide what a file without a telling name is. */
const sample = 4096;

interface Opened {
  readonly source: FileSource;
  readonly kind: FileKind;
}

async function open(
  run: string,
  file: string,
  signal: AbortSignal,
  onStats: (stats: ReadStats) => void,
): Promise<Opened> {
  const source = await openSource(client, run, file, { signal, onStats });
  const named = kindOf(file);
  const isUnknown = named === 'binary' && source.size > 0;
  return { source, kind: isUnknown ? kindByContent(await source.read(0, sample)) : named };
}

/** The files in the order of the list. */
function inOrder(names: readonly string[]): string[] {
  return treeRows(buildTree(names), () => true)
    .filter(({ type }) => type === 'file')
    .map(({ path }) => path);
}

export interface PanelProps {
  run: string;
  file: string;
  /** For the next and previous file, and for downloads; `undefined` until the list is loaded. */
  listing: Listing | undefined;
}

/** The preview of a file in a dialog. Reads stop when it is closed, or shows another file. */
export default function Panel({ run, file, listing }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const stats = useSignal<ReadStats>({ bytes: 0, requests: 0 });
  const [last, setOpened] = useState<Opened>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [asKind, setAsKind] = useState<FileKind>();
  const opened = last?.source.name === file ? last : undefined;

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Not a button: its name would be read before that of the file.
    element?.querySelector('h2')?.focus();
    return () => element?.close();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt opens again
  useEffect(() => {
    const aborting = new AbortController();
    let source: FileSource | undefined;
    setError(undefined);
    setAsKind(undefined);
    open(run, file, aborting.signal, (read) => {
      stats.value = read;
    }).then(
      (result) => {
        source = result.source;
        if (aborting.signal.aborted) source.close();
        else setOpened(result);
      },
      (reason: unknown) => {
        if (!aborting.signal.aborted) setError(reason);
      },
    );
    return () => {
      aborting.abort();
      source?.close();
    };
  }, [run, file, attempt]);

  const names = useMemo(() => inOrder(listing?.names ?? []), [listing]);
  const index = names.indexOf(file);
  const kind = asKind ?? opened?.kind;
  const View = kind && views[kind];
  const title = visibleName(file);
  const { bytes, requests } = stats.value;
  return (
    <dialog
      class="preview"
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        closeFile();
      }}
    >
      <header class="preview-head">
        <h2 id={heading} tabIndex={-1} title={title.slice(0, 1000)}>
          <bdi>{visibleName(baseName(file)).slice(0, 300)}</bdi>
        </h2>
        <div class="preview-actions">
          <Button
            kind="quiet"
            icon="left"
            aria-label="Previous file"
            disabled={index <= 0}
            onClick={() => showFile(names[index - 1]!)}
          />
          <Button
            kind="quiet"
            icon="right"
            aria-label="Next file"
            disabled={index < 0 || index >= names.length - 1}
            onClick={() => showFile(names[index + 1]!)}
          />
          <CopyButton text={file} label="Copy the path" />
          <Button
            kind="quiet"
            icon="download"
            aria-label="Download"
            disabled={!listing}
            onClick={() => listing && startDownload(run, [file], listing)}
          />
          <Button kind="quiet" icon="cross" aria-label="Close" onClick={closeFile} />
        </div>
      </header>
      {listing && <Downloads run={run} listing={listing} />}
      <div class="preview-body">
        {error !== undefined && <Problem error={error} onRetry={() => setAttempt(attempt + 1)} />}
        {!opened && error === undefined && <Skeleton lines={8} />}
        {opened && View && <View key={kind} source={opened.source} kind={kind} />}
      </div>
      <footer class="preview-foot muted small numbers">
        <span>
          {opened
            ? `${formatSize(opened.source.size)}, read ${formatSize(bytes)} in ${plural(requests, 'request')}`
            : 'Opening…'}
        </span>
        {opened && kind && (
          <label>
            View as
            <select value={kind} onChange={(event) => setAsKind(event.currentTarget.value as FileKind)}>
              {[...new Set<FileKind>([opened.kind, 'text', 'binary'])].map((choice) => (
                <option key={choice} value={choice}>
                  {kindNames[choice]}
                </option>
              ))}
            </select>
          </label>
        )}
      </footer>
    </dialog>
  );
}
