import type { CodeLanguage } from './draft.ts';

/** A cell of a notebook. */
export interface Cell {
  type: 'code' | 'markdown' | 'raw';
  text: string;
}

const mark = /^# %%(?: \[(markdown|raw)\])?[ \t]*\r?$/;

/**
 * Reads the text of the editor as cells. A line `# %%` begins a cell of code, `# %% [markdown]` one of text, whose lines are
 * comments. What stands before the first one is a cell of code.
 */
export function readCells(text: string): Cell[] {
  const cells: { type: Cell['type']; lines: string[] }[] = [{ type: 'code', lines: [] }];
  for (const line of text.split('\n')) {
    const found = mark.exec(line);
    if (found) cells.push({ type: (found[1] as Cell['type'] | undefined) ?? 'code', lines: [] });
    else cells.at(-1)!.lines.push(line);
  }
  return cells
    .map(({ type, lines }) => {
      const plain = type === 'code' ? lines : lines.map((line) => line.replace(/^# ?/, ''));
      return { type, text: plain.join('\n').replace(/^\n+|\s+$/g, '') };
    })
    .filter(({ text }, index) => text !== '' || index > 0);
}

/** The text that `readCells` reads. */
export function writeCells(cells: readonly Cell[]): string {
  return cells
    .map(({ type, text }) => {
      if (type === 'code') return `# %%\n${text}\n`;
      const lines = text.split('\n').map((line) => (line === '' ? '#' : `# ${line}`));
      return `# %% [${type}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

const kernelspecs = {
  python: { display_name: 'Python 3', language: 'python', name: 'python3' },
  r: { display_name: 'R', language: 'R', name: 'ir' },
};

/** The text of the editor as JSON of a notebook. */
export function notebookOf(text: string, language: CodeLanguage): string {
  const cells = readCells(text).map(({ type, text: source }) =>
    type === 'code'
      ? { cell_type: type, source, metadata: {}, outputs: [], execution_count: null }
      : { cell_type: type, source, metadata: {} },
  );
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 4,
    metadata: { kernelspec: kernelspecs[language === 'python' ? 'python' : 'r'] },
    cells,
  });
}

/** The cells and the language of a notebook's JSON; `undefined` if it is none. */
export function readNotebook(json: string): { text: string; language: CodeLanguage } | undefined {
  try {
    const { cells, metadata } = JSON.parse(json.replace(/^\ufeff/, ''));
    if (!Array.isArray(cells)) return undefined;
    const language = String(metadata?.kernelspec?.language ?? metadata?.language_info?.name ?? '').toLowerCase();
    const read = cells.map(({ cell_type: type, source }): Cell => {
      const text = Array.isArray(source) ? source.join('') : String(source ?? '');
      return { type: type === 'markdown' || type === 'raw' ? type : 'code', text };
    });
    return { text: writeCells(read), language: language === 'r' ? 'r' : 'python' };
  } catch {
    return undefined;
  }
}
