import { useId, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { formatCount } from '../files/counts.ts';
import { visibleName } from '../files/names.ts';
import { useRowsInView } from '../list/use-rows-in-view.ts';
import { Scroll } from '../preview/scroll.tsx';
import './grid.css';

/** A column of a grid. */
export interface GridColumn {
  readonly name: string;
  /** Numbers are aligned to the right. */
  readonly kind: 'number' | 'text';
  /** Shown below the name. */
  readonly type?: string;
}

export interface GridProps {
  /** What the table shows, for screen readers. */
  label: string;
  columns: readonly GridColumn[];
  rowCount: number;
  /** Cells of a row; `undefined` while they are loaded. */
  row: (index: number) => readonly (string | null)[] | undefined;
  /** Number that the first row is shown with. @default 1 */
  firstNumber?: number;
  /** Called with the rows in view, on each render. */
  onView?: (first: number, end: number) => void;
  sort?: { readonly column: number; readonly descending: boolean } | undefined;
  onSort?: (column: number) => void;
}

/** Height of a row in pixels; grid.css has the same. */
const rowHeight = 28;

/** Columns that are rendered at a time. */
const columnsAtOnce = 60;

/** Length of the text in a cell; all of it is shown below the table. */
const longestCell = 300;

function widthOf(
  { name, type = '' }: GridColumn,
  index: number,
  rows: readonly (readonly (string | null)[] | undefined)[],
): number {
  const lengths = rows.map((row) => row?.[index]?.length ?? 0);
  return Math.min(340, Math.max(72, 34 + 7.4 * Math.max(name.length, type.length, ...lengths)));
}

/** Takes the place of rows that are not rendered. */
function Space({ height }: { height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without cells cannot have the focus
  return <tr aria-hidden="true" class="grid-space" style={{ height: `${height}px` }} />;
}

/** A table with any number of rows, of which only those in view are rendered. Arrow keys move from cell to cell. */
export function Grid({ label, columns, rowCount, row, firstNumber = 1, onView, sort, onSort }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState<{ row: number; column: number }>();
  const [firstColumn, setFirstColumn] = useState(0);
  const view = useRowsInView(scroller, rowCount, rowHeight);
  const widths = useRef<{ key: string; list: number[] }>({ key: '', list: [] });
  onView?.(view.first, view.end);

  const shown = columns.slice(firstColumn, firstColumn + columnsAtOnce);
  // Widths stay when the table is scrolled.
  const key = `${firstColumn} ${columns.map(({ name }) => name).join('\n')} ${row(0) !== undefined}`;
  if (widths.current.key !== key) {
    const sample = Array.from({ length: Math.min(rowCount, 100) }, (_, index) => row(index));
    widths.current = { key, list: shown.map((column, index) => widthOf(column, firstColumn + index, sample)) };
  }
  const numberWidth = 24 + 8 * formatCount(firstNumber + rowCount).length;
  const total = numberWidth + widths.current.list.reduce((sum, width) => sum + width, 0);

  const move = (toRow: number, toColumn: number) => {
    const next = {
      row: Math.max(0, Math.min(rowCount - 1, toRow)),
      column: Math.max(0, Math.min(shown.length - 1, toColumn)),
    };
    setActive(next);
    const element = scroller.current;
    if (!element) return;
    const top = next.row * rowHeight;
    const visible = element.clientHeight - 2 * rowHeight - 20;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + visible) element.scrollTop = top - visible;
    const left = widths.current.list.slice(0, next.column).reduce((sum, width) => sum + width, 0);
    const right = left + widths.current.list[next.column]! - (element.clientWidth - numberWidth);
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (right > element.scrollLeft) element.scrollLeft = right;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as Element).closest('button') || event.altKey || event.metaKey) return;
    const { row: atRow, column: atColumn } = active ?? { row: view.first, column: 0 };
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeight) - 3);
    const start = event.ctrlKey ? 0 : atRow;
    const moves: Record<string, [row: number, column: number]> = {
      ArrowDown: active ? [atRow + 1, atColumn] : [atRow, atColumn],
      ArrowUp: [atRow - 1, atColumn],
      ArrowRight: [atRow, atColumn + (active ? 1 : 0)],
      ArrowLeft: [atRow, atColumn - 1],
      PageDown: [atRow + page, atColumn],
      PageUp: [atRow - page, atColumn],
      Home: [start, 0],
      End: [event.ctrlKey ? rowCount - 1 : atRow, shown.length - 1],
    };
    const to = moves[event.key];
    if (!to) return;
    event.preventDefault();
    move(...to);
  };

  const numbers = Array.from({ length: view.end - view.first }, (_, index) => view.first + index);
  const activeColumn = active && columns[firstColumn + active.column];
  const activeText = active && row(active.row)?.[firstColumn + active.column];
  const cellId = (atRow: number, atColumn: number) => `${id}-${atRow}-${atColumn}`;
  const isRendered = active && active.row >= view.first && active.row < view.end;
  return (
    <>
      {columns.length > columnsAtOnce && (
        <div class="preview-bar small">
          <span class="muted numbers">
            Columns {formatCount(firstColumn + 1)} to {formatCount(firstColumn + shown.length)} of{' '}
            {formatCount(columns.length)}
          </span>
          <Button
            kind="quiet"
            icon="left"
            aria-label="Previous columns"
            disabled={firstColumn === 0}
            onClick={() => setFirstColumn(firstColumn - columnsAtOnce)}
          />
          <Button
            kind="quiet"
            icon="right"
            aria-label="Next columns"
            disabled={firstColumn + columnsAtOnce >= columns.length}
            onClick={() => setFirstColumn(firstColumn + columnsAtOnce)}
          />
        </div>
      )}
      <div class="grid preview-scroll" ref={scroller}>
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the keyboard moves between its cells
          role="grid"
          aria-label={label}
          aria-rowcount={rowCount + 1}
          aria-colcount={columns.length + 1}
          aria-activedescendant={isRendered ? cellId(active.row, active.column) : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
          style={{ width: `${total}px` }}
        >
          <colgroup>
            <col style={{ width: `${numberWidth}px` }} />
            {widths.current.list.map((width, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
              <col key={index} style={{ width: `${width}px` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" class="grid-row-number">
                <span class="hidden">Row</span>
              </th>
              {shown.map((column, index) => {
                const at = firstColumn + index;
                const order = sort?.column === at ? (sort.descending ? 'descending' : 'ascending') : undefined;
                const name = visibleName(column.name).slice(0, longestCell);
                return (
                  <th
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
                    key={index}
                    scope="col"
                    class={`grid-${column.kind}`}
                    aria-colindex={at + 2}
                    aria-sort={onSort && (order ?? 'none')}
                  >
                    {onSort ? (
                      <button type="button" title={`Sort by ${name}`} onClick={() => onSort(at)}>
                        <span>{name}</span>
                        {order && <Icon name={order === 'descending' ? 'down' : 'up'} size={12} />}
                      </button>
                    ) : (
                      <span title={name}>{name}</span>
                    )}
                    {column.type && <small class="muted">{column.type}</small>}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {view.above > 0 && <Space height={view.above} />}
            {numbers.map((atRow) => {
              const cells = row(atRow);
              return (
                <tr key={atRow} aria-rowindex={atRow + 2}>
                  <th scope="row" class="grid-row-number numbers">
                    {formatCount(firstNumber + atRow)}
                  </th>
                  {shown.map((column, index) => {
                    const text = cells?.[firstColumn + index];
                    const isActive = active?.row === atRow && active.column === index;
                    return (
                      // biome-ignore lint/a11y: in a grid, td is a gridcell; the table handles keys and has the focus
                      <td
                        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
                        key={index}
                        id={cellId(atRow, index)}
                        class={`grid-${column.kind}${isActive ? ' grid-active' : ''}`}
                        aria-colindex={firstColumn + index + 2}
                        aria-selected={isActive}
                        onClick={() => setActive({ row: atRow, column: index })}
                      >
                        {text === null ? <i class="muted">null</i> : cells ? (text ?? '').slice(0, longestCell) : '…'}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
            {view.below > 0 && <Space height={view.below} />}
          </tbody>
        </table>
      </div>
      {activeText !== undefined && activeColumn && (
        <div class="grid-value">
          <strong class="small">{visibleName(activeColumn.name).slice(0, longestCell)}</strong>
          <Scroll label="Value of the cell">
            {activeText ? (
              <pre>{activeText.slice(0, 100_000)}</pre>
            ) : (
              <span class="muted">{activeText === null ? 'null' : 'empty'}</span>
            )}
          </Scroll>
        </div>
      )}
    </>
  );
}
