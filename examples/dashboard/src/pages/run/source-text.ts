import { type ApiGetKernelResponse, fromKernel } from 'kaggle-ts/kernels';

export interface Cell {
  readonly isCode: boolean;
  readonly source: string;
}

const code = (source: string): Cell[] => [{ isCode: true, source }];

/** The source of a version as it was written, without what a push adds: its cells, or the one text of a script. */
export function toCells(kernel: ApiGetKernelResponse): Cell[] {
  const text = written(kernel);
  if (kernel.blob?.kernelType !== 'notebook') return code(text);
  try {
    const { cells } = JSON.parse(text) as { cells: { cell_type?: unknown; source?: unknown }[] };
    return cells.map(({ cell_type, source }) => ({
      isCode: cell_type === 'code',
      source: Array.isArray(source) ? source.join('') : String(source ?? ''),
    }));
  } catch {
    return code(text);
  }
}

function written(kernel: ApiGetKernelResponse): string {
  const source = kernel.blob?.source ?? '';
  try {
    return fromKernel(kernel).text ?? source;
  } catch {
    return source;
  }
}
