import { PreviewError } from '../preview/preview-error.ts';

/** A part of what a cell printed or displayed. */
export type NotebookOutput =
  | { readonly type: 'text'; readonly text: string; readonly isError: boolean }
  | { readonly type: 'html' | 'markdown' | 'latex'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly base64: string; readonly description: string }
  | { readonly type: 'traceback'; readonly text: string }
  | { readonly type: 'omitted'; readonly mediaTypes: readonly string[] };

/** A cell of a notebook. */
export interface NotebookCell {
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** Number of the execution; `undefined` if the cell did not run. */
  readonly count: number | undefined;
  readonly outputs: readonly NotebookOutput[];
  /** Images of a Markdown cell by name, as `data:` URLs. */
  readonly attachments: ReadonlyMap<string, string>;
}

/** A notebook. */
export interface Notebook {
  readonly language: string;
  readonly kernel: string;
  readonly cells: readonly NotebookCell[];
  /** Cells beyond the limit. */
  readonly omittedCells: number;
}

const mostCells = 2000;
const mostOutputs = 200;
const mostText = 200_000;

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A text, which notebooks store as a string or as a list of lines. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return listOf(value)
    .filter((line) => typeof line === 'string')
    .join('');
}

/** A long text without its middle. */
function bounded(text: string): string {
  if (text.length <= mostText) return text;
  const half = mostText / 2;
  const omitted = text.length - mostText;
  return `${text.slice(0, half).toWellFormed()}\n… ${omitted} characters omitted …\n${text.slice(-half).toWellFormed()}`;
}

const base64Form = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** Raster images in the order of preference. */
const rasters = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

function base64OfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

function imageOf(data: Fields): NotebookOutput | undefined {
  const description = textOf(data['text/plain']).slice(0, 200) || 'Image output';
  const svg = textOf(data['image/svg+xml']);
  if (svg) return { type: 'image', mediaType: 'image/svg+xml', base64: base64OfText(svg), description };
  for (const mediaType of rasters) {
    const base64 = textOf(data[mediaType]);
    if (base64 && base64Form.test(base64))
      return { type: 'image', mediaType, base64: base64.replace(/\s+/g, ''), description };
  }
  return undefined;
}

/** The richest form of a result that can be shown without running scripts. */
function displayOf(data: Fields): NotebookOutput | undefined {
  const image = imageOf(data);
  if (image) return image;
  const html = textOf(data['text/html']);
  // Interactive charts are empty without their scripts: their text says more.
  const plain = textOf(data['text/plain']);
  if (html && !(plain && /^\s*<(?:script|iframe)\b/i.test(html))) return { type: 'html', text: html };
  const markdown = textOf(data['text/markdown']);
  if (markdown) return { type: 'markdown', text: bounded(markdown) };
  const latex = textOf(data['text/latex']);
  if (latex && !plain) return { type: 'latex', text: bounded(latex) };
  if (plain) return { type: 'text', text: bounded(plain), isError: false };
  if (data['application/json'] !== undefined) {
    return { type: 'text', text: bounded(JSON.stringify(data['application/json'], undefined, 2)), isError: false };
  }
  const mediaTypes = Object.keys(data).slice(0, 5);
  return mediaTypes.length > 0 ? { type: 'omitted', mediaTypes } : undefined;
}

function outputOf(value: unknown): NotebookOutput | undefined {
  const output = fieldsOf(value);
  switch (output.output_type) {
    case 'stream':
      return { type: 'text', text: bounded(textOf(output.text)), isError: (output.name ?? output.stream) === 'stderr' };
    case 'error':
    case 'pyerr': {
      const lines = listOf(output.traceback).filter((line) => typeof line === 'string');
      const text = lines.join('\n') || `${textOf(output.ename)}: ${textOf(output.evalue)}`;
      return { type: 'traceback', text: bounded(text) };
    }
    case 'display_data':
    case 'execute_result':
    case 'pyout': {
      // Format 3 has the data beside the other fields, under short names.
      const old = {
        'text/plain': output.text,
        'text/html': output.html,
        'image/png': output.png,
        'image/jpeg': output.jpeg,
        'image/svg+xml': output.svg,
      };
      const data =
        output.data === undefined
          ? Object.fromEntries(Object.entries(old).filter(([, text]) => text !== undefined))
          : fieldsOf(output.data);
      return displayOf(data);
    }
    default:
      return undefined;
  }
}

/** Joins neighboring texts of one stream, as a notebook shows them. */
function joined(outputs: readonly NotebookOutput[]): NotebookOutput[] {
  const result: NotebookOutput[] = [];
  for (const output of outputs) {
    const last = result.at(-1);
    if (output.type === 'text' && last?.type === 'text' && last.isError === output.isError) {
      result[result.length - 1] = { ...last, text: bounded(last.text + output.text) };
    } else result.push(output);
  }
  return result;
}

function attachmentsOf(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, forms] of Object.entries(fieldsOf(value))) {
    const image = imageOf({ ...fieldsOf(forms), 'text/plain': undefined });
    if (image?.type === 'image') found.set(name, `data:${image.mediaType};base64,${image.base64}`);
  }
  return found;
}

function cellOf(value: unknown): NotebookCell {
  const cell = fieldsOf(value);
  const heading = cell.cell_type === 'heading' ? `${'#'.repeat(Math.min(6, Number(cell.level) || 1))} ` : '';
  const type = cell.cell_type === 'code' ? 'code' : cell.cell_type === 'markdown' || heading ? 'markdown' : 'raw';
  const count = cell.execution_count ?? cell.prompt_number;
  const outputs = type === 'code' ? listOf(cell.outputs) : [];
  const shown = outputs.slice(0, mostOutputs).map(outputOf);
  if (outputs.length > mostOutputs) {
    shown.push({ type: 'text', text: `\n… ${outputs.length - mostOutputs} outputs omitted …\n`, isError: false });
  }
  return {
    type,
    source: bounded(heading + textOf(cell.source ?? cell.input)),
    count: typeof count === 'number' && Number.isFinite(count) ? count : undefined,
    outputs: joined(shown.filter((output) => output !== undefined)),
    attachments: attachmentsOf(cell.attachments),
  };
}

/**
 * Reads a notebook of format 3 or 4. Unknown and malformed parts are left out.
 *
 * @throws `PreviewError` if the text is not a notebook.
 */
export function parseNotebook(text: string): Notebook {
  let content: Fields;
  try {
    content = fieldsOf(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch (error) {
    throw new PreviewError(
      'The file cannot be read',
      `cannot show the notebook: it is not valid JSON (${(error as Error).message})`,
    );
  }
  const worksheets = listOf(content.worksheets).flatMap((sheet) => listOf(fieldsOf(sheet).cells));
  const cells = Array.isArray(content.cells) ? content.cells : worksheets;
  if (!Array.isArray(content.cells) && !Array.isArray(content.worksheets)) {
    throw new PreviewError('The file cannot be read', 'cannot show the notebook: it has no cells');
  }
  const metadata = fieldsOf(content.metadata);
  const kernel = fieldsOf(metadata.kernelspec);
  return {
    language: textOf(fieldsOf(metadata.language_info).name) || textOf(kernel.language) || 'python',
    kernel: textOf(kernel.display_name),
    cells: cells.slice(0, mostCells).map(cellOf),
    omittedCells: Math.max(0, cells.length - mostCells),
  };
}
