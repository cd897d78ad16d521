import { useMemo, useState } from 'preact/hooks';
import { visibleName } from '../files/names.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { delimiterName } from './dialect.ts';
import { GrowingGrid } from './growing-grid.tsx';
import type { CsvDialect } from './parser.ts';
import { openCsv } from './source.ts';

const delimiters = [',', '\t', ';', '|'];

/** A CSV or TSV file as a table. What was detected can be changed. */
export default function CsvView({ source }: PreviewProps) {
  const [given, setGiven] = useState<{ dialect?: CsvDialect; header?: boolean }>({});
  const table = useMemo(() => openCsv(source, given), [source, given]);
  const change = (part: { dialect?: Partial<CsvDialect>; header?: boolean }) => {
    const { dialect, header } = table;
    setGiven({ header: part.header ?? header, dialect: { ...dialect, ...part.dialect } });
  };
  const options = () => (
    <>
      <label>
        <span class="hidden">Delimiter</span>
        <select
          value={table.dialect.delimiter}
          onChange={(event) => change({ dialect: { delimiter: event.currentTarget.value } })}
        >
          {delimiters.map((delimiter) => (
            <option key={delimiter} value={delimiter}>
              {delimiterName(delimiter)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="hidden">Quotes</span>
        <select
          value={table.dialect.quote}
          onChange={(event) => change({ dialect: { quote: event.currentTarget.value } })}
        >
          <option value={'"'}>double quotes</option>
          <option value="'">single quotes</option>
          <option value="">no quotes</option>
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={table.header}
          onChange={(event) => change({ header: event.currentTarget.checked })}
        />
        Header
      </label>
      <span class="muted">{table.encoding}</span>
    </>
  );
  const label = `Rows of ${visibleName(source.name).slice(0, 200)}`;
  return <GrowingGrid table={table} size={source.size} label={label} options={options} />;
}
