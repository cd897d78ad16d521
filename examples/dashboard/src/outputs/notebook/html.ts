import { Marked } from 'marked';
import { ansiLines } from '../../log/store.ts';
import { classesOf } from '../../log/style.ts';
import type { Notebook, NotebookCell, NotebookOutput } from './document.ts';

/** Removes everything from HTML that could run, load or restyle; see `clean.ts`. */
export type Clean = (html: string) => string;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML, in elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Converts text with ANSI colors to HTML with the classes of the log. */
export function ansiHtml(text: string): string {
  return ansiLines(text)
    .map(({ text: line, runs }) => {
      let html = '';
      let at = 0;
      for (const { start, end, style } of runs) {
        html += escapeHtml(line.slice(at, start));
        html += `<span class="${classesOf(style)}">${escapeHtml(line.slice(start, end))}</span>`;
        at = end;
      }
      return html + escapeHtml(line.slice(at));
    })
    .join('\n');
}

const marked = new Marked({ gfm: true, breaks: false });

/** Converts Markdown to HTML that is not clean yet. */
function markdownHtml(text: string, attachments: ReadonlyMap<string, string>): string {
  const tokens = marked.lexer(text);
  marked.walkTokens(tokens, (token) => {
    if (token.type !== 'image' || !token.href.startsWith('attachment:')) return;
    token.href = attachments.get(decodeURIComponent(token.href.slice('attachment:'.length))) ?? token.href;
  });
  return marked.parser(tokens);
}

function safeMarkdown(text: string, attachments: ReadonlyMap<string, string>, clean: Clean): string {
  try {
    return clean(markdownHtml(text, attachments));
  } catch {
    return `<pre>${escapeHtml(text)}</pre>`;
  }
}

function outputHtml(output: NotebookOutput, clean: Clean): string {
  switch (output.type) {
    case 'text':
      return `<pre class="${output.isError ? 'stderr' : 'stdout'}">${ansiHtml(output.text)}</pre>`;
    case 'traceback':
      return `<pre class="traceback">${ansiHtml(output.text)}</pre>`;
    case 'html':
      return `<div class="rich">${clean(output.text)}</div>`;
    case 'markdown':
      return `<div class="rich">${safeMarkdown(output.text, new Map(), clean)}</div>`;
    case 'latex':
      return `<pre class="stdout">${escapeHtml(output.text)}</pre>`;
    case 'image': {
      const source = `data:${output.mediaType};base64,${output.base64}`;
      return `<p class="figure"><img src="${escapeHtml(source)}" alt="${escapeHtml(output.description)}"></p>`;
    }
    case 'omitted':
      return `<p class="note">Output not shown: ${escapeHtml(output.mediaTypes.join(', '))}</p>`;
  }
}

function cellHtml(cell: NotebookCell, clean: Clean): string {
  if (cell.type === 'markdown')
    return `<section class="markdown">${safeMarkdown(cell.source, cell.attachments, clean)}</section>`;
  if (cell.type === 'raw') return `<section><pre class="raw">${escapeHtml(cell.source)}</pre></section>`;
  const label = `In [${cell.count ?? ' '}]`;
  const outputs = cell.outputs.map((output) => outputHtml(output, clean)).join('');
  const source =
    cell.source.trim() === '' ? '' : `<pre class="source" aria-label="Code">${escapeHtml(cell.source)}</pre>`;
  return `<section class="code"><p class="count">${escapeHtml(label)}</p><div>${source}${outputs && `<div class="outputs">${outputs}</div>`}</div></section>`;
}

/** Returns the body of a page that shows the notebook. `clean` is applied to all HTML that comes from the notebook. */
export function notebookHtml(notebook: Notebook, clean: Clean): string {
  const cells = notebook.cells.map((cell) => cellHtml(cell, clean)).join('\n');
  const more =
    notebook.omittedCells > 0 ? `<p class="note">${notebook.omittedCells} more cells are not shown.</p>` : '';
  return `<main>${cells || '<p class="note">The notebook has no cells.</p>'}${more}</main>`;
}

/** Returns a whole HTML page. Its own policy allows the stylesheet and embedded images, and nothing else. */
export function pageHtml(body: string, options: { title: string; stylesheet: string; theme: string }): string {
  const { title, stylesheet, theme } = options;
  const policy = `default-src 'none'; style-src ${new URL(stylesheet).origin}; img-src data:`;
  return `<!doctype html><html lang="en" data-theme="${escapeHtml(theme)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}"><meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>${escapeHtml(title)}</title><link rel="stylesheet" href="${escapeHtml(stylesheet)}"></head><body>${body}</body></html>`;
}
