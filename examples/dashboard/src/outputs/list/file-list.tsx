import { useMemo, useRef, useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { showFile } from '../address.ts';
import { Downloads } from '../download/downloads.tsx';
import { startDownload } from '../download/jobs.ts';
import { formatCount, plural } from '../files/counts.ts';
import { buildTree, createFilter, type TreeRow, treeRows } from '../files/tree.ts';
import { FileRow } from './file-row.tsx';
import './file-list.css';
import type { Listing } from './listing.ts';
import { useRowsInView } from './use-rows-in-view.ts';

/** Height of a row in pixels; file-list.css has the same. */
const rowHeight = 36;

/** With at most this many files, all folders are open at first. */
const fewFiles = 60;

function sumOf(names: readonly string[], sizes: ReadonlyMap<string, number>): string {
  if (names.length === 0 || names.some((name) => !sizes.has(name))) return '';
  return `, ${formatSize(names.reduce((sum, name) => sum + sizes.get(name)!, 0))}`;
}

/** The list: a tree of folders and files with a filter and a selection. */
export function FileList({ run, listing }: { run: string; listing: Listing }) {
  const { names, sizes, complete } = listing;
  const [filter, setFilter] = useState('');
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLElement>(null);

  const found = useMemo(() => names.filter(createFilter(filter)), [names, filter]);
  const tree = useMemo(() => buildTree(found), [found]);
  const openAtFirst = filter !== '' || names.length <= fewFiles;
  const rows = useMemo(() => treeRows(tree, (path) => toggled.has(path) !== openAtFirst), [tree, toggled, openAtFirst]);
  const view = useRowsInView(scroller, rows.length, rowHeight);

  const toggle = (path: string) => {
    const next = new Set(toggled);
    if (!next.delete(path)) next.add(path);
    setToggled(next);
  };
  const select = (row: TreeRow, isSelected: boolean) => {
    const next = new Set(selected);
    const paths = row.type === 'file' ? [row.path] : found.filter((name) => name.startsWith(row.path));
    for (const path of paths) {
      if (isSelected) next.add(path);
      else next.delete(path);
    }
    setSelected(next);
  };
  const selectionOf = (row: TreeRow): boolean | 'some' => {
    if (row.type === 'file') return selected.has(row.path);
    if (selected.size === 0) return false;
    let count = 0;
    for (const path of selected) if (path.startsWith(row.path)) count++;
    return count === 0 ? false : count >= row.files ? true : 'some';
  };
  const download = (files: readonly string[] | 'all') => {
    startDownload(run, files, listing);
    announce(`Download of ${files === 'all' ? 'all files' : plural(files.length, 'file')} started`);
  };
  const chosen = names.filter((name) => selected.has(name));

  return (
    <>
      <div class="file-list-head">
        <h2 id="outputs-title">Output files</h2>
        <p class="muted small numbers" role="status">
          {found.length === names.length
            ? `${plural(names.length, 'file')}${sumOf(names, sizes)}${complete ? '' : ', loading more'}`
            : `${formatCount(found.length)} of ${plural(names.length, 'file')}`}
        </p>
        <div class="file-list-tools">
          <input
            type="search"
            aria-label="Filter files"
            placeholder="Filter, such as *.csv"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
          {chosen.length > 0 ? (
            <>
              <Button kind="quiet" onClick={() => setSelected(new Set())}>
                Clear
              </Button>
              <Button kind="primary" icon="download" onClick={() => download(chosen)}>
                Download {formatCount(chosen.length)}
              </Button>
            </>
          ) : (
            <Button icon="download" onClick={() => download(found.length === names.length && complete ? 'all' : found)}>
              Download {found.length === names.length ? 'all' : formatCount(found.length)}
            </Button>
          )}
        </div>
      </div>
      <Downloads run={run} listing={listing} />
      {found.length === 0 ? (
        <p class="file-list-none muted">No file matches the filter.</p>
      ) : (
        <section
          class="file-list card"
          ref={scroller}
          aria-label="Files"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard
          tabIndex={0}
        >
          <ul class="file-list-rows" style={{ paddingTop: `${view.above}px`, paddingBottom: `${view.below}px` }}>
            {rows.slice(view.first, view.end).map((row) => (
              <FileRow
                key={row.path}
                row={row}
                bytes={row.type === 'file' ? sizes.get(row.path) : undefined}
                isOpen={row.type === 'folder' && toggled.has(row.path) !== openAtFirst}
                selection={selectionOf(row)}
                onToggle={() => toggle(row.path)}
                onSelect={(isSelected) => select(row, isSelected)}
                onShow={() => showFile(row.path)}
                onDownload={() => download([row.path])}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
