import { useMemo } from 'preact/hooks';
import { GrowingGrid } from '../csv/growing-grid.tsx';
import { visibleName } from '../files/names.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { openJsonLines } from './lines.ts';

/** JSON Lines as a table. */
export default function JsonLinesView({ source }: PreviewProps) {
  const table = useMemo(() => openJsonLines(source), [source]);
  return <GrowingGrid table={table} size={source.size} label={`Lines of ${visibleName(source.name).slice(0, 200)}`} />;
}
