import { ValidationError } from '../../../core/errors.ts';
import type { JobCode } from './job-text.ts';

/** Language and type of a file. A notebook has no `language` here: its content tells. */
export type ScriptKind = Pick<JobCode, 'language' | 'kernelType'>;

/** Kinds by extension. The language of a notebook is in its content. */
const byExtension: Record<string, ScriptKind> = {
  py: { language: 'python', kernelType: 'script' },
  ipynb: { kernelType: 'notebook' },
  irnb: { language: 'r', kernelType: 'notebook' },
  r: { language: 'r', kernelType: 'script' },
  rmd: { language: 'rmarkdown', kernelType: 'script' },
};

/** What to do with files that Kaggle cannot run. */
const instead: Record<string, string> = {
  qmd: 'convert it to a notebook (quarto convert NAME.qmd), or rename it to .Rmd if it is R Markdown',
  md: 'rename it to .Rmd if it is R Markdown',
  jl: 'Kaggle no longer runs Julia',
  ijlnb: 'Kaggle no longer runs Julia',
  sql: 'Kaggle no longer runs SQL; run it from Python',
  txt: 'rename it to match its content, such as .py',
};

const supported = 'Kaggle runs .py, .ipynb, .irnb, .R and .Rmd files';

function extensionOf(name: string): string {
  const [, extension = ''] = /\.([^./\\]+)$/.exec(name) ?? [];
  return extension.toLowerCase();
}

/** The kind of a file, by its extension; `undefined` if it is neither a script nor a notebook. */
export function kindOfName(name: string): ScriptKind | undefined {
  return byExtension[extensionOf(name)];
}

/**
 * Returns how Kaggle runs a file, by its extension: `.py`, `.ipynb`, `.irnb`, `.R` or `.Rmd`.
 *
 * @param name - Name or path of the file.
 * @throws `ValidationError`, with what to do, for any other file.
 * @example
 * ```ts
 * import { scriptKind } from 'kaggle-ts/kernels';
 *
 * scriptKind('train.py'); // { language: 'python', kernelType: 'script' }
 * scriptKind('analysis.ipynb'); // { kernelType: 'notebook' }
 * ```
 */
export function scriptKind(name: string): ScriptKind {
  const kind = kindOfName(name);
  if (kind) return kind;
  throw new ValidationError(kindProblem(name)!);
}

/**
 * Why a file cannot run and what to do; `undefined` for a file that can. An explicit `language` allows other extensions.
 */
export function kindProblem(name: string, language?: string): string | undefined {
  if (kindOfName(name)) return undefined;
  const extension = extensionOf(name);
  const hint = instead[extension];
  if (language !== undefined && !/^(?:jl|ijlnb|sql|qmd)$/.test(extension)) return undefined;
  return `"${name}" is not a supported script type: ${hint ? `${hint}; ` : ''}${supported}`;
}

function isNotebook(text: string): boolean {
  if (!/^\ufeff?\s*\{/.test(text)) return false;
  try {
    const { cells, worksheets, nbformat } = JSON.parse(text.replace(/^\ufeff/, '')) as Record<string, unknown>;
    return Array.isArray(cells) || (Array.isArray(worksheets) && nbformat !== undefined);
  } catch {
    return false;
  }
}

/** The kind of a text, if its content is unmistakable: no Python starts like these. */
export function kindOfText(text: string): ScriptKind | undefined {
  if (isNotebook(text)) return { kernelType: 'notebook' };
  if (/^#!.*\bRscript\b/.test(text)) return { language: 'r', kernelType: 'script' };
  if (/^\ufeff?---\r?\n/.test(text) && /^```\{r\b/m.test(text)) return { language: 'rmarkdown', kernelType: 'script' };
  return undefined;
}

/** Whether a text looks like the path of a file rather than code. */
export function looksLikePath(text: string): boolean {
  return /^[^\r\n()=#"'`]{1,500}$/.test(text) && /\.(?:py|ipynb|irnb|r|rmd|qmd|jl|sql|txt)$/i.test(text);
}
