import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PageProps } from '../../app/route.ts';
import { setQuery } from '../../app/route.ts';
import { isUnreachable } from '../../data/network.ts';
import { filterRows, groupOf } from '../../data/run-rows.ts';
import {
  hasMore,
  keepCurrent,
  listError,
  retryNow,
  rows,
  savedAt,
  showMore,
  states,
  statusWarning,
} from '../../data/runs.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Time } from '../../ui/time.tsx';
import { CompareBar } from './compare-bar.tsx';
import { isFiltered, readFilter } from './filter.ts';
import { LoadingRows } from './loading-rows.tsx';
import { RunsTable } from './table.tsx';
import { Toolbar } from './toolbar.tsx';
import { useEndings } from './use-endings.ts';
import './runs.css';

/** Keys of the runs that are selected for a comparison. They stay selected while another page is shown. */
const selected = signal<ReadonlySet<string>>(new Set());

function toggle(key: string): void {
  const next = new Set(selected.value);
  if (!next.delete(key)) next.add(key);
  selected.value = next;
}

/** The runs of the account, with their live status. */
export default function RunsPage({ query }: PageProps) {
  useEffect(keepCurrent, []);
  useEndings();
  const all = rows.value;
  const error = listError.value;
  const filter = readFilter(query);
  const statusOf = ({ key }: { key: string }) => states.value.get(key)?.status;
  const shown = filterRows(all ?? [], statusOf, filter);
  const active = (all ?? []).filter((row) => groupOf(statusOf(row)) === 'active').length;

  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <p class="muted" aria-live="polite">
          {active > 0 && `${active} active`}
        </p>
      </div>
      {/* With a list to show, the banner of the app is enough for a lost connection. */}
      {error !== undefined && !(all && isUnreachable.value) && <Problem error={error} onRetry={retryNow} />}
      {statusWarning.value !== undefined && error === undefined && !isUnreachable.value && (
        <p class="runs-old" role="status">
          <Icon name="alert" />
          <span>{statusWarning.value}</span>
        </p>
      )}
      {savedAt.value && (
        <p class="runs-old">
          <Icon name="clock" />
          <span>
            This list was saved <Time date={savedAt.value} />, and may be out of date.
          </span>
        </p>
      )}
      {!all && error === undefined && <LoadingRows />}
      {all && all.length === 0 && (
        <div class="card">
          <Empty
            icon="logo"
            title="No runs yet"
            action={
              <a class="button button-primary" href="#/new">
                <Icon name="plus" />
                New run
              </a>
            }
          >
            Start a script or a notebook on Kaggle. Its status, log and output appear here.
          </Empty>
        </div>
      )}
      {all && all.length > 0 && (
        <>
          <Toolbar filter={filter} rows={all} statusOf={statusOf} />
          <div class="card runs-card">
            {shown.length > 0 ? (
              <RunsTable rows={shown} states={states.value} selected={selected.value} onSelect={toggle} />
            ) : (
              <Empty
                icon="search"
                title="No matching runs"
                action={<Button onClick={() => setQuery({ search: '', status: '' })}>Clear the filter</Button>}
              >
                None of the {all.length} runs in the list matches.
              </Empty>
            )}
          </div>
          {hasMore.value && (
            <div class="runs-more">
              <Button onClick={showMore}>{isFiltered(filter) ? 'Search older runs' : 'Show older runs'}</Button>
            </div>
          )}
        </>
      )}
      <CompareBar
        keys={[...selected.value]}
        onClear={() => {
          selected.value = new Set();
        }}
      />
    </>
  );
}
