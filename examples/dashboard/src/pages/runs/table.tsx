import { useState } from 'preact/hooks';
import { lazy } from '../../app/lazy.tsx';
import { runAddress } from '../../app/route.ts';
import { groupOf, type RunRow, type RunState } from '../../data/run-rows.ts';
import { expectChange } from '../../data/runs.ts';
import { Icon } from '../../ui/icon.tsx';
import { Status } from '../../ui/status.tsx';
import { Time } from '../../ui/time.tsx';
import { RowMenu } from './row-menu.tsx';

const CancelDialog = lazy(() => import('../run/cancel-dialog.tsx'), { pending: null });

interface RunsTableProps {
  rows: readonly RunRow[];
  states: ReadonlyMap<string, RunState>;
  selected: ReadonlySet<string>;
  onSelect: (key: string) => void;
}

/** Moves the focus from the link of one run to that of the next or previous one. */
function moveByArrow(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const table = event.currentTarget as HTMLElement;
  const links = [...table.querySelectorAll<HTMLElement>('.runs-title')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

export function RunsTable({ rows, states, selected, onSelect }: RunsTableProps) {
  const [canceling, setCanceling] = useState<RunRow>();
  return (
    <>
      <table class="runs-table" onKeyDown={moveByArrow}>
        <caption class="hidden">Runs with their status. The arrow keys move between runs.</caption>
        <thead>
          <tr>
            <th scope="col" class="runs-select">
              <span class="hidden">Compare</span>
            </th>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col" class="runs-wide">
              Accelerator
            </th>
            <th scope="col" class="runs-wide">
              Started
            </th>
            <th scope="col" class="runs-actions">
              <span class="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.key}
              row={row}
              state={states.get(row.key)}
              isSelected={selected.has(row.key)}
              onSelect={onSelect}
              onCancel={setCanceling}
            />
          ))}
        </tbody>
      </table>
      {canceling && (
        <CancelDialog
          run={canceling.key}
          title={canceling.title}
          onClose={() => setCanceling(undefined)}
          onCanceled={() => expectChange(canceling, 'CANCEL_REQUESTED')}
        />
      )}
    </>
  );
}

interface RowProps {
  row: RunRow;
  state: RunState | undefined;
  isSelected: boolean;
  onSelect: (key: string) => void;
  onCancel: (row: RunRow) => void;
}

function Row({ row, state, isSelected, onSelect, onCancel }: RowProps) {
  const { key, ref, versionNumber, title, startedAt, accelerator, isPrivate } = row;
  const isActive = groupOf(state?.status) === 'active';
  return (
    <tr class={isSelected ? 'runs-selected' : undefined}>
      <td class="runs-select">
        <label>
          <input type="checkbox" checked={isSelected} onChange={() => onSelect(key)} />
          <span class="hidden">Compare {title}</span>
        </label>
      </td>
      <td class="runs-run">
        <a class="runs-title" href={runAddress({ ref, versionNumber })}>
          {title}
        </a>
        <div class="runs-meta muted small">
          <span class="runs-ref">{ref}</span>
          {versionNumber && <span class="numbers">v{versionNumber}</span>}
          {!isPrivate && <span>public</span>}
        </div>
        <div class="runs-meta runs-narrow muted small">
          {accelerator && <span>{accelerator.label}</span>}
          <Time date={startedAt} />
        </div>
        {state?.failureMessage && <p class="runs-failure small">{state.failureMessage}</p>}
      </td>
      <td class="runs-status">
        <Status status={state?.status} />
      </td>
      <td class="runs-wide">
        {accelerator && (
          <span class="runs-accelerator">
            {accelerator.quota && <Icon name="chip" />}
            {accelerator.label}
          </span>
        )}
      </td>
      <td class="runs-wide muted">
        <Time date={startedAt} />
      </td>
      <td class="runs-actions">
        <RowMenu row={row} isActive={isActive} isUnavailable={state?.status === 'UNAVAILABLE'} onCancel={onCancel} />
      </td>
    </tr>
  );
}
