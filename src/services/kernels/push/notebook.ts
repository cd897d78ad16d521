import { ValidationError } from '../../../core/errors.ts';
import { parseForPython, stringifyLikePython } from './python-json.ts';

interface Cell {
  cell_type?: unknown;
  source?: unknown;
  outputs?: unknown;
}

interface Notebook {
  cells: Cell[];
  nbformat?: unknown;
}

function parseNotebook(text: string): Notebook {
  let notebook: unknown;
  try {
    notebook = parseForPython(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new ValidationError(`the notebook is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
  if (notebook === null || typeof notebook !== 'object' || !Array.isArray((notebook as Notebook).cells)) {
    throw new ValidationError('the notebook has no list of cells: it must be in the Jupyter format 4');
  }
  return notebook as Notebook;
}

/**
 * A notebook the way the official client sends it: outputs of code cells emptied, sources that are lists of lines joined
 * to one text, everything else (execution_count too) as it was, serialised as Python does. Throws `ValidationError` for a
 * text that is not a notebook. `firstCell` is put before the cells as a code cell of its own.
 */
export function normaliseNotebook(text: string, firstCell?: string): string {
  const notebook = parseNotebook(text);
  const cells = notebook.cells.map((cell): Cell => {
    if (cell === null || typeof cell !== 'object') return cell;
    const result = { ...cell };
    if (result.cell_type === 'code' && 'outputs' in result) result.outputs = [];
    if (Array.isArray(result.source)) result.source = result.source.join('');
    return result;
  });
  if (firstCell !== undefined) {
    const first = { cell_type: 'code', source: firstCell, outputs: [], execution_count: null, metadata: {} };
    cells.unshift(first);
  }
  return stringifyLikePython({ ...notebook, cells });
}
