import type { RunRow } from '../../data/run-rows.ts';
import { forget } from '../../data/started.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';

interface RowMenuProps {
  row: RunRow;
  isActive: boolean;
  isUnavailable: boolean;
  onCancel: (row: RunRow) => void;
}

/** What can be done with a run, without opening it. */
export function RowMenu({ row, isActive, isUnavailable, onCancel }: RowMenuProps) {
  const { key, ref, title, job } = row;
  return (
    <Menu label={`Actions for ${title}`}>
      {isActive && (
        <MenuItem icon="stop" danger onClick={() => onCancel(row)}>
          Cancel
        </MenuItem>
      )}
      <MenuItem icon="rerun" href={`#/new?from=${key}`}>
        Run again
      </MenuItem>
      <MenuItem icon="chart" href={`#/compare?sweep=${ref}`}>
        Compare versions
      </MenuItem>
      <MenuItem icon="open" href={`https://www.kaggle.com/code/${ref}`}>
        Open on Kaggle
      </MenuItem>
      {job && isUnavailable && (
        <MenuItem icon="cross" onClick={() => forget(job)}>
          Remove from this list
        </MenuItem>
      )}
    </Menu>
  );
}
