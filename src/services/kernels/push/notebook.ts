import { ValidationError } from '../../../core/errors.ts';
import { isMarkCell, markCell, type PushMark } from './mark.ts';
import { readPrologue } from './prologue.ts';
import { parseForPython, stringifyLikePython } from './python-json.ts';

type Fields = Record<string, unknown>;

/** A notebook that Kaggle can run. */
export interface Notebook {
  /** From its kernelspec, else from `language_info`, else Python. */
  readonly language: 'python' | 'r';
  /** Its JSON, serialized as Python does. `firstCell` is inserted as the first code cell, the mark as a last cell of text. */
  text(firstCell?: string, mark?: PushMark): string;
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** A source, which is a string or an array of lines. */
function textOf(source: unknown, where: string): string {
  const text = Array.isArray(source) ? source.join('') : (source ?? '');
  if (typeof text === 'string') return text;
  throw new ValidationError(`invalid notebook: the source of ${where} is not a string`);
}

function parse(text: string): Fields {
  let notebook: unknown;
  try {
    notebook = parseForPython(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new ValidationError(`invalid notebook: not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
  if (isFields(notebook)) return notebook;
  throw new ValidationError('invalid notebook: expected a JSON object');
}

/** The cells; those of format 3 (IPython until 2015) converted to format 4. */
function cellsOf(notebook: Fields): unknown[] {
  if (Array.isArray(notebook.cells)) return notebook.cells;
  if (!Array.isArray(notebook.worksheets)) {
    throw new ValidationError('invalid notebook: it has no list of cells; save it in Jupyter format 3 or 4');
  }
  return notebook.worksheets
    .flatMap((sheet) => (fieldsOf(sheet).cells as unknown[] | undefined) ?? [])
    .map((cell) => {
      const { cell_type, input, source, prompt_number, level, language, collapsed, ...rest } = fieldsOf(cell);
      if (cell_type === 'heading') {
        const text = `${'#'.repeat(Number(level) || 1)} ${textOf(source, 'a heading')}`;
        return { ...rest, cell_type: 'markdown', source: text };
      }
      return { ...rest, cell_type, source: cell_type === 'code' ? input : source };
    });
}

function normaliseCell(cell: unknown, index: number): Fields {
  const where = `cell ${index + 1}`;
  if (!isFields(cell)) throw new ValidationError(`invalid notebook: ${where} is not an object`);
  const { cell_type: type, metadata = {} } = cell;
  const source = textOf(cell.source, where);
  if (type === 'code') return { ...cell, source, outputs: [], execution_count: cell.execution_count ?? null, metadata };
  if (type === 'markdown' || type === 'raw') return { ...cell, source, metadata };
  throw new ValidationError(`invalid notebook: ${where} has the unknown type ${JSON.stringify(type)}`);
}

/** Removes the mark of an earlier push from a notebook that was read back from Kaggle. */
function withoutMarkCell(cells: readonly Fields[]): readonly Fields[] {
  const last = cells.at(-1);
  return last?.cell_type === 'markdown' && isMarkCell(String(last.source)) ? cells.slice(0, -1) : cells;
}

/** A notebook that was read back from Kaggle, without what a push added to it, and the source of the cell that set it up. */
export function restoreNotebook(text: string): { readonly text: string; readonly setup: string | undefined } {
  const notebook = parse(text);
  const cells = withoutMarkCell(cellsOf(notebook).map(normaliseCell));
  const first = String(cells[0]?.source ?? '');
  const setup = readPrologue(first) ? first : undefined;
  return { text: stringifyLikePython({ ...notebook, cells: setup === undefined ? cells : cells.slice(1) }), setup };
}

const kernelspecs = {
  python: { display_name: 'Python 3', language: 'python', name: 'python3' },
  r: { display_name: 'R', language: 'R', name: 'ir' },
};

function languageOf({ kernelspec, language_info }: Fields): 'python' | 'r' {
  const { language, name } = fieldsOf(kernelspec);
  // The name of an environment, such as conda-env-base-py, is not a language.
  const named = /^(?:ir|r|julia.*|sql.*|bash|javascript|deno|scala.*|sas.*|octave)$/i.test(String(name))
    ? name
    : 'python';
  const said = String(language || fieldsOf(language_info).name || named);
  if (/^(i?python|python ?\d.*)$/i.test(said)) return 'python';
  if (/^(r|ir)$/i.test(said)) return 'r';
  throw new ValidationError(`cannot run the notebook: it is written in ${said}, and Kaggle runs Python and R only`);
}

/**
 * Converts a notebook to a form that Kaggle can run: adds a kernelspec if missing (papermill requires one), joins sources to
 * strings, clears outputs, converts format 3 to format 4. Everything else is unchanged. Throws `ValidationError` if it cannot run.
 * `language` is the language that the caller expects.
 */
export function readNotebook(text: string, language?: string): Notebook {
  const notebook = parse(text);
  const cells = withoutMarkCell(cellsOf(notebook).map(normaliseCell));
  const metadata = fieldsOf(notebook.metadata);
  const hasLanguage = isFields(metadata.kernelspec) || isFields(metadata.language_info);
  const found = !hasLanguage && language === 'r' ? 'r' : languageOf(metadata);
  if (language !== undefined && language !== found && language !== 'rmarkdown') {
    throw new ValidationError(`the notebook is written in ${found}, but language is "${language}"; omit language`);
  }
  const old = !Array.isArray(notebook.cells);
  const minor = old ? 4 : (notebook.nbformat_minor ?? 4);
  const kernelspec = fieldsOf(metadata.kernelspec).name ? metadata.kernelspec : kernelspecs[found];
  return {
    language: found,
    text(firstCell, mark) {
      // Cells have IDs since format 4.5.
      const id = (name: string) => (Number(minor) > 4 ? { id: `kaggle-ts-${name}` } : {});
      const code = { cell_type: 'code', outputs: [], execution_count: null, metadata: {} };
      const first = firstCell === undefined ? [] : [{ ...code, source: firstCell, ...id('setup') }];
      const text = { cell_type: 'markdown', metadata: {}, source: mark && markCell(mark) };
      const last = mark === undefined ? [] : [{ ...text, ...id('mark') }];
      return stringifyLikePython({
        ...notebook,
        worksheets: undefined,
        cells: [...first, ...cells, ...last],
        metadata: { ...metadata, kernelspec },
        nbformat: old ? 4 : (notebook.nbformat ?? 4),
        nbformat_minor: minor,
      });
    },
  };
}
