import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { announce } from '../ui/announce.tsx';
import { Icon } from '../ui/icon.tsx';
import { textOf } from './copy.ts';
import { LogRows } from './log-rows.tsx';
import { LogSearchBar } from './log-search.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import { createRows, type Row, type StreamFilter } from './rows.ts';
import { saveText } from './save-text.ts';
import type { LogStore } from './store.ts';
import { useFrame } from './use-frame.ts';
import { useLogScroll } from './use-log-scroll.ts';
import { useSearch } from './use-search.ts';
import { selectedPart, useAnchor } from './use-selection.ts';
import { useSummary } from './use-summary.ts';
import { probeLength, useMeasured } from './use-viewport.ts';
import { contentHeight, visibleRows } from './window.ts';
import './log-view.css';

export interface LogViewProps {
  store: LogStore;
  /** Whether more lines may come. */
  live: boolean;
  /** Name of the downloaded file, without its extension. */
  name: string;
  /** Whether to begin at the end, and to stay there while lines arrive. @default live */
  atEnd?: boolean;
  /** Number of the line to show and mark, from 1. */
  line?: number | undefined;
  /** Address of a line, for the links on the line numbers. */
  lineHref?: (line: number) => string;
}

/** Cells of a row in which long lines do not wrap: a longer line has several rows there, too. */
const unwrapped = 2000;
const shortcuts = 'Press / to search.';

/** A log: as a terminal shows it, with as many lines as there are. */
export function LogView({ store, live, name, atEnd = live, line, lineHref }: LogViewProps) {
  const [stream, setStream] = useState<StreamFilter>('all');
  const [wraps, setWraps] = useState(true);
  const [times, setTimes] = useState(false);
  const [isSearching, setSearching] = useState(false);
  const [notice, setNotice] = useState('');
  const area = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const draw = useFrame();
  useEffect(() => {
    // What came between the last drawing and this.
    draw();
    return store.subscribe(draw);
  }, [store, draw]);

  const measured = useMeasured(area, probe);
  const digits = Math.max(4, String(store.lines.length).length);
  const gutter = digits + 3 + (times ? 11 : 0);
  const fitting = measured ? Math.max(16, Math.floor(measured.width / measured.cellWidth) - gutter) : 80;
  const columns = wraps ? fitting : unwrapped;
  const rows = useMemo(() => createRows(store, { columns, stream }), [store, columns, stream]);
  useEffect(() => () => rows.stop(), [rows]);

  const { height = 0, rowHeight = 20 } = measured ?? {};
  const view = { rows: rows.total, rowHeight, height };
  const scroll = useLogScroll(area, measured && view, { rows, atEnd: atEnd && line === undefined, draw });
  const search = useSearch(store, stream, draw);
  const anchor = useAnchor(area, draw);

  const seen = visibleRows(view, scroll.top);
  const drawn = new Map<number, readonly [Row, number]>();
  const pinned = anchor && rows.rowOf(anchor.index, anchor.at);
  const numbers = Array.from({ length: measured ? seen.end - seen.start : 0 }, (_, at) => seen.start + at);
  // In order, and the row in which the selection begins with them.
  for (const number of [...numbers, ...(pinned === undefined || rows.total === 0 ? [] : [pinned])].sort(
    (a, b) => a - b,
  )) {
    drawn.set(number, [rows.at(number), seen.top + (number - seen.start) * rowHeight]);
  }
  const first = numbers.length > 0 ? drawn.get(seen.first)?.[0].index : undefined;
  const widest = useRef(0);
  for (const [row] of drawn.values()) widest.current = Math.max(widest.current, row.end - row.start);

  // The same line stays at the top when rows change their number.
  const top = useRef({ rows, first });
  useEffect(() => {
    const before = top.current;
    if (before.rows !== rows && before.first !== undefined && !scroll.follows && !scroll.isRevealing)
      scroll.reveal({ index: before.first, at: 0 }, 'first');
    top.current = { rows, first };
  });

  // The line of the address, once it is there.
  const revealed = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (line === undefined || line === revealed.current || !measured || line > store.lines.length) return;
    revealed.current = line;
    scroll.reveal({ index: line - 1, at: 0 });
  });

  // What came since the person scrolled up.
  const left = useRef<number | undefined>(undefined);
  if (scroll.follows) left.current = undefined;
  else left.current ??= rows.lines;
  const news = rows.lines - (left.current ?? rows.lines);
  const summary = useSummary(store, live);

  const openSearch = () => {
    setSearching(true);
    // The field is there after the next drawing.
    requestAnimationFrame(() => input.current?.select());
  };
  const closeSearch = () => {
    setSearching(false);
    search.setQuery({ ...search.query, text: '' });
    area.current?.focus({ preventScroll: true });
  };
  // Enter before anything is found jumps as soon as it is.
  const wanted = useRef<1 | -1 | undefined>(undefined);
  const step = (by: 1 | -1) => {
    const match = search.step(by, first ?? 0);
    wanted.current = match || search.search?.isDone ? undefined : by;
    if (!match) return;
    const at = search.matchesOf(store.lines[match.index]!)[match.nth]?.[0] ?? 0;
    scroll.reveal({ index: match.index, at });
  };
  useEffect(() => {
    if (wanted.current && search.search && search.search.total > 0) step(wanted.current);
  });
  const copyAll = async () => {
    try {
      await navigator.clipboard.writeText(textOf(store.lines, stream));
      setNotice('');
      announce('Copied the log');
    } catch {
      setNotice('The browser does not allow copying here: download the log instead.');
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isControl = event.ctrlKey || event.metaKey;
    const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if ((isControl && event.key === 'f') || (event.key === '/' && !isField)) openSearch();
    else if (isControl && event.key === 'a' && !isField && content.current) {
      getSelection()?.selectAllChildren(content.current);
    } else {
      if (/^(?:ArrowUp|PageUp|Home)$/.test(event.key) && event.target === area.current) scroll.release();
      return;
    }
    event.preventDefault();
  };
  const onCopy = (event: ClipboardEvent) => {
    const part = content.current && selectedPart(content.current);
    if (!part) return;
    event.clipboardData?.setData('text/plain', textOf(store.lines, stream, part === 'all' ? undefined : part));
    event.preventDefault();
  };

  return (
    <section class="log" aria-label="Log" onKeyDown={onKeyDown} onCopy={onCopy}>
      <LogToolbar
        lines={rows.lines}
        stream={stream}
        onStream={setStream}
        wraps={wraps}
        onWraps={setWraps}
        times={times}
        onTimes={setTimes}
        isSearching={isSearching}
        onSearch={isSearching ? closeSearch : openSearch}
        onCopy={copyAll}
        onDownload={() => saveText(`${name}.txt`, textOf(store.lines, stream))}
      />
      {isSearching && <LogSearchBar input={input} search={search} onStep={step} onClose={closeSearch} />}
      {notice && (
        <p role="alert" class="log-notice">
          {notice}
        </p>
      )}
      {!live && line !== undefined && line > store.lines.length && (
        <p role="status" class="log-notice">
          The log has no line {line.toLocaleString('en')}: it ends with line {store.lines.length.toLocaleString('en')}.
        </p>
      )}
      <div class="log-frame">
        <div
          class={live ? 'log-area log-live' : 'log-area'}
          ref={area}
          role="log"
          aria-live="off"
          aria-label={`Lines of the log. ${shortcuts}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
          tabIndex={0}
          onScroll={scroll.onScroll}
          onWheel={(event) => event.deltaY < 0 && scroll.release()}
        >
          <span class="log-probe" ref={probe} aria-hidden="true">
            {'0'.repeat(probeLength)}
          </span>
          <div
            class="log-content"
            ref={content}
            style={{
              height: `${contentHeight(view)}px`,
              minWidth: wraps ? undefined : `${gutter + widest.current}ch`,
              '--log-digits': `${digits + 1}ch`,
            }}
          >
            <LogRows
              rows={[...drawn.values()]}
              target={line === undefined ? undefined : line - 1}
              times={times}
              lineHref={lineHref}
              matchesOf={search.matchesOf}
              current={search.current}
            />
          </div>
          {rows.total === 0 && <p class="log-empty muted">{emptyText(store, live)}</p>}
        </div>
        {!scroll.follows && (live || news > 0) && (
          <button type="button" class="log-end" onClick={scroll.toEnd}>
            <Icon name="down" />
            {news > 0 ? `${news.toLocaleString('en')} new ${news === 1 ? 'line' : 'lines'}` : 'Go to the end'}
          </button>
        )}
      </div>
      <p class="hidden" role="status">
        {summary}
      </p>
    </section>
  );
}

function emptyText(store: LogStore, live: boolean): string {
  if (store.lines.length > 0) return 'No lines in this stream.';
  return live ? 'Waiting for output.' : 'The run printed nothing.';
}
