import { readNotebook } from './cells.ts';
import type { CodeLanguage, Draft } from './draft.ts';

/** Endings of files that the editor takes. */
const languages: Readonly<Record<string, CodeLanguage>> = { py: 'python', r: 'r', rmd: 'rmarkdown' };

/** What a dropped or chosen file changes; an error for one that is not code. */
export async function codeOf(file: File): Promise<Partial<Draft>> {
  const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  const text = await file.text();
  if (ending === 'ipynb' || ending === 'irnb') {
    const notebook = readNotebook(text);
    if (!notebook) throw new Error(`cannot read "${file.name}": it is not a notebook; choose another file`);
    return { kind: 'notebook', language: notebook.language, code: notebook.text, entry: '', files: [] };
  }
  const language = languages[ending];
  if (!language) throw new Error(`cannot use "${file.name}" as code: expected a .py, .ipynb, .R or .Rmd file`);
  return { kind: 'script', language, code: text, entry: '', files: [] };
}
