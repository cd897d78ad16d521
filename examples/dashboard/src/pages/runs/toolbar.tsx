import { setQuery } from '../../app/route.ts';
import { groupOf, type RowFilter, type RunRow } from '../../data/run-rows.ts';
import { Icon } from '../../ui/icon.tsx';
import { groups, orders } from './filter.ts';

interface ToolbarProps {
  filter: RowFilter;
  rows: readonly RunRow[];
  statusOf: (row: RunRow) => string | undefined;
}

/** Search, filter by status, order. All of it is in the address. */
export function Toolbar({ filter, rows, statusOf }: ToolbarProps) {
  const count = (group: string) => rows.filter((row) => groupOf(statusOf(row)) === group).length;
  const choices = [['', 'All', rows.length], ...groups.map(([group, label]) => [group, label, count(group)])] as const;
  return (
    <search class="runs-toolbar">
      <div class="runs-search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search runs"
          placeholder="Search runs"
          value={filter.search}
          onInput={(event) => setQuery({ search: event.currentTarget.value })}
        />
      </div>
      <fieldset class="runs-groups">
        <legend class="hidden">Status</legend>
        {choices.map(([group, label, number]) => (
          <button
            key={group}
            type="button"
            aria-pressed={(filter.group ?? '') === group}
            onClick={() => setQuery({ status: String(group) })}
          >
            {label} <span class="numbers muted">{number}</span>
          </button>
        ))}
      </fieldset>
      <select
        aria-label="Order"
        value={filter.sort}
        onChange={({ currentTarget: { value } }) => setQuery({ sort: value === orders[0]![0] ? '' : value })}
      >
        {orders.map(([order, label]) => (
          <option key={order} value={order}>
            {label}
          </option>
        ))}
      </select>
    </search>
  );
}
