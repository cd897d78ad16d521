import { ValidationError } from '../../../core/errors.ts';
import type { JobCode } from './job-text.ts';

export type ScriptKind = Pick<JobCode, 'language' | 'kernelType'>;

/** A notebook tells its language itself. */
const byExtension: Record<string, ScriptKind> = {
  py: { language: 'python', kernelType: 'script' },
  ipynb: { kernelType: 'notebook' },
  irnb: { language: 'r', kernelType: 'notebook' },
  r: { language: 'r', kernelType: 'script' },
  rmd: { language: 'rmarkdown', kernelType: 'script' },
};

/** What to do with files that Kaggle does not run as they are. */
const instead: Record<string, string> = {
  qmd: 'convert it to a notebook (quarto convert NAME.qmd), or rename it to .Rmd if it is R Markdown',
  md: 'rename it to .Rmd if it is R Markdown',
  jl: 'Kaggle no longer runs Julia',
  ijlnb: 'Kaggle no longer runs Julia',
  sql: 'Kaggle no longer runs SQL: run it from Python',
  txt: 'rename it to match its content, such as .py',
};

const supported = 'use .py, .ipynb, .irnb, .R or .Rmd';

function extensionOf(name: string): string {
  const [, extension = ''] = /\.([^./\\]+)$/.exec(name) ?? [];
  return extension.toLowerCase();
}

/** What Kaggle runs a file as, by its extension; `undefined` if it is neither a script nor a notebook. */
export function kindOfName(name: string): ScriptKind | undefined {
  return byExtension[extensionOf(name)];
}

/**
 * What Kaggle runs a file as, by its name: `{ language, kernelType }`, without a language for a notebook, which tells its own.
 * Throws `ValidationError`, with what to do, for a file that is neither a script nor a notebook.
 */
export function scriptKind(name: string): ScriptKind {
  const kind = kindOfName(name);
  if (kind) return kind;
  throw new ValidationError(kindProblem(name)!);
}

/** Why a file cannot run, and what to do; `undefined` for one that can. A language that was named counts for other extensions. */
export function kindProblem(name: string, language?: string): string | undefined {
  if (kindOfName(name)) return undefined;
  const extension = extensionOf(name);
  const hint = instead[extension];
  if (language !== undefined && !/^(?:jl|ijlnb|sql|qmd)$/.test(extension)) return undefined;
  return `"${name}" is not a supported script type: ${hint ? `${hint}; or ` : ''}${supported}`;
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

/** What a text is by what it looks like, where that is beyond doubt: no Python begins like these. */
export function kindOfText(text: string): ScriptKind | undefined {
  if (isNotebook(text)) return { kernelType: 'notebook' };
  if (/^#!.*\bRscript\b/.test(text)) return { language: 'r', kernelType: 'script' };
  if (/^\ufeff?---\r?\n/.test(text) && /^```\{r\b/m.test(text)) return { language: 'rmarkdown', kernelType: 'script' };
  return undefined;
}

/** Whether a text looks like the path of a file, and like no code. */
export function looksLikePath(text: string): boolean {
  return /^[^\r\n()=#"'`]{1,500}$/.test(text) && /\.(?:py|ipynb|irnb|r|rmd|qmd|jl|sql|txt)$/i.test(text);
}
