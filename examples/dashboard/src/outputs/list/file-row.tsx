import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { addressOf } from '../address.ts';
import { plural } from '../files/counts.ts';
import { type FileKind, kindOf } from '../files/kind.ts';
import { visibleName } from '../files/names.ts';
import type { TreeRow } from '../files/tree.ts';
import { CopyButton } from './copy-button.tsx';

const icons: Partial<Record<FileKind, IconName>> = {
  csv: 'table',
  parquet: 'table',
  'json-lines': 'table',
  image: 'image',
  html: 'code',
  json: 'code',
};

/** Longest name in the page; hostile ones have a megabyte. */
const longestName = 300;

function shorten(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 60)}…${name.slice(-59)}` : name;
}

export interface FileRowProps {
  row: TreeRow;
  /** Size; `undefined` if it is not known. */
  bytes: number | undefined;
  isOpen: boolean;
  selection: boolean | 'some';
  onToggle: () => void;
  onSelect: (isSelected: boolean) => void;
  onShow: () => void;
  onDownload: () => void;
}

/** A folder or a file in the list. */
export function FileRow({ row, bytes, isOpen, selection, onToggle, onSelect, onShow, onDownload }: FileRowProps) {
  const name = shorten(visibleName(row.name)) || '(empty name)';
  return (
    <li class="file-row">
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={selection === true}
        indeterminate={selection === 'some'}
        onChange={(event) => onSelect(event.currentTarget.checked)}
      />
      {/* Each level moves its content, up to a depth that fits on a phone. */}
      <div class="file-row-name" style={{ paddingInlineStart: `${Math.min(row.depth, 8) * 16}px` }}>
        {row.type === 'folder' ? (
          <button type="button" class="file-row-link" aria-expanded={isOpen} onClick={onToggle}>
            <Icon name={isOpen ? 'down' : 'right'} />
            <Icon name="folder" />
            <bdi>{name}</bdi>
            <span class="muted small">{plural(row.files, 'file')}</span>
          </button>
        ) : (
          <a
            class="file-row-link"
            href={addressOf(row.path)}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              onShow();
            }}
          >
            <Icon name={icons[kindOf(row.path)] ?? 'file'} />
            <bdi>{name}</bdi>
          </a>
        )}
      </div>
      {row.type === 'file' && (
        <>
          <span class="file-row-size muted small numbers">{bytes === undefined ? '' : formatSize(bytes)}</span>
          <span class="file-row-actions">
            <CopyButton text={row.path} label={`Copy the path of ${name}`} />
            <Button kind="quiet" icon="download" aria-label={`Download ${name}`} onClick={onDownload} />
          </span>
        </>
      )}
    </li>
  );
}
