import { visibleName } from '../files/names.ts';
import type { ParquetTable } from './table.ts';
import './schema.css';
import { Scroll } from '../preview/scroll.tsx';

/** The columns of a file, and which of them are read. */
export function Schema({
  table,
  chosen,
  onChoose,
}: {
  table: ParquetTable;
  chosen: readonly number[];
  onChoose: (columns: number[]) => void;
}) {
  const isChosen = new Set(chosen);
  const change = (index: number, isOn: boolean) => {
    if (isOn) onChoose([...chosen, index].sort((a, b) => a - b));
    else if (chosen.length > 1) onChoose(chosen.filter((other) => other !== index));
  };
  return (
    <Scroll class="parquet-schema" label="Schema">
      <table>
        <caption class="hidden">Columns of the file</caption>
        <thead>
          <tr>
            <th scope="col">Shown</th>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Nulls</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.slice(0, 2000).map(({ name, type, nullable }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
            <tr key={index}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Show ${visibleName(name).slice(0, 100)}`}
                  checked={isChosen.has(index)}
                  onChange={(event) => change(index, event.currentTarget.checked)}
                />
              </td>
              <td>
                <bdi>{visibleName(name).slice(0, 300)}</bdi>
              </td>
              <td class="mono">{type}</td>
              <td class="muted">{nullable ? 'allowed' : 'none'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {table.createdBy && <p class="muted small">Written by {visibleName(table.createdBy).slice(0, 200)}</p>}
    </Scroll>
  );
}
