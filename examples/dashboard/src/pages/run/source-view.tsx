import type { ApiGetKernelResponse } from 'kaggle-ts/kernels';
import { useEffect, useState } from 'preact/hooks';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { Cell } from './source-text.ts';

/** The source of a run, closed at first. */
export function SourceView({ kernel }: { kernel: ApiGetKernelResponse | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const [cells, setCells] = useState<Cell[]>();
  useEffect(() => {
    if (isOpen && kernel) import('./source-text.ts').then(({ toCells }) => setCells(toCells(kernel)));
  }, [isOpen, kernel]);
  const { source = '', kernelType, language } = kernel?.blob ?? {};
  if (source === '') return null;
  return (
    <details class="card run-source" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>Source</h2>
        <span class="muted small">{[language, kernelType].filter(Boolean).join(' · ')}</span>
      </summary>
      {isOpen && !cells && <Skeleton lines={4} />}
      {isOpen &&
        cells?.map((cell, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
          <pre key={at} class={cell.isCode ? 'run-cell' : 'run-cell run-cell-text'} tabIndex={0}>
            <code>{cell.source}</code>
          </pre>
        ))}
    </details>
  );
}
