import { expect, test } from 'vitest';
import { parseNotebook } from '../../examples/dashboard/src/outputs/notebook/document.ts';
import { ansiHtml, notebookHtml, pageHtml } from '../../examples/dashboard/src/outputs/notebook/html.ts';

const png = 'iVBORw0KGgo=';
const notebook = (...cells: unknown[]) =>
  JSON.stringify({ nbformat: 4, metadata: { language_info: { name: 'python' } }, cells });
const code = (outputs: unknown[], source: unknown = 'x') => ({
  cell_type: 'code',
  execution_count: 3,
  source,
  outputs,
});
const outputsOf = (...outputs: unknown[]) => parseNotebook(notebook(code(outputs))).cells[0]!.outputs;

/** Marks what would be cleaned, in place of DOMPurify, which needs a browser. */
const marking = (html: string) => `{${html.replaceAll('<', '‹')}}`;
const html = (...cells: unknown[]) => notebookHtml(parseNotebook(notebook(...cells)), marking);

test('cells with their sources and outputs', () => {
  const { cells, language } = parseNotebook(
    notebook(
      { cell_type: 'markdown', source: ['# Title\n', 'text'] },
      code([{ output_type: 'stream', name: 'stdout', text: ['a\n', 'b'] }], ['import x\n', 'x()']),
    ),
  );
  expect(language).toBe('python');
  expect(cells[0]).toMatchObject({ type: 'markdown', source: '# Title\ntext' });
  expect(cells[1]).toMatchObject({
    type: 'code',
    source: 'import x\nx()',
    count: 3,
    outputs: [{ type: 'text', text: 'a\nb', isError: false }],
  });
});

test('the richest output that needs no script is chosen', () => {
  const display = (data: unknown) => outputsOf({ output_type: 'display_data', data })[0];
  expect(display({ 'image/png': png, 'text/plain': '<Figure>' })).toEqual({
    type: 'image',
    mediaType: 'image/png',
    base64: png,
    description: '<Figure>',
  });
  expect(display({ 'text/html': '<table></table>', 'text/plain': 'df' })).toEqual({
    type: 'html',
    text: '<table></table>',
  });
  expect(display({ 'text/html': '<script>plot()</script>', 'text/plain': 'Chart' })).toMatchObject({
    type: 'text',
    text: 'Chart',
  });
  expect(display({ 'image/svg+xml': '<svg>é</svg>' })).toMatchObject({
    mediaType: 'image/svg+xml',
    base64: btoa('<svg>\xc3\xa9</svg>'),
  });
  expect(display({ 'application/vnd.plotly.v1+json': {} })).toEqual({
    type: 'omitted',
    mediaTypes: ['application/vnd.plotly.v1+json'],
  });
  // Not base64: it would end the attribute.
  expect(display({ 'image/png': 'x" onerror="alert(1)', 'text/plain': 'p' })).toMatchObject({ type: 'text' });
});

test('formats 3 and 4, and neighboring texts of one stream', () => {
  const old = {
    nbformat: 3,
    worksheets: [
      {
        cells: [
          { cell_type: 'code', input: 'x', prompt_number: 1, outputs: [{ output_type: 'pyout', text: ['5'] }] },
          { cell_type: 'heading', level: 2, source: 'H' },
        ],
      },
    ],
  };
  expect(parseNotebook(JSON.stringify(old)).cells).toMatchObject([
    { source: 'x', count: 1, outputs: [{ type: 'text', text: '5' }] },
    { type: 'markdown', source: '## H' },
  ]);
  const stream = (name: string, text: string) => ({ output_type: 'stream', name, text });
  expect(outputsOf(stream('stdout', 'a'), stream('stdout', 'b'), stream('stderr', 'c'))).toMatchObject([
    { text: 'ab' },
    { text: 'c', isError: true },
  ]);
});

test.each([
  '{"cells": [null, 1, "x", [], {"cell_type": {}}, {"cell_type": "code", "outputs": {"a": 1}}]}',
  '{"cells": [{"cell_type": "code", "source": {"x": 1}, "outputs": [null, {"output_type": "stream", "text": {"a": 1}}, {"output_type": "error", "traceback": [1, {}]}]}]}',
  '{"cells": [{"cell_type": "markdown", "source": ["a", 5, null], "attachments": {"x": "y", "__proto__": {"image/png": "a"}}}], "metadata": null}',
  '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "display_data", "data": ["x"]}, {"output_type": "execute_result", "data": {"text/html": {"x": 1}}}]}]}',
])('malformed parts are left out: %s', (text) => {
  expect(notebookHtml(parseNotebook(text), marking)).toContain('<main>');
});

test('what is no notebook is refused with a reason', () => {
  expect(() => parseNotebook('<html>')).toThrow(/cannot show the notebook: it is not valid JSON/);
  expect(() => parseNotebook('[1]')).toThrow('cannot show the notebook: it has no cells');
});

test('thousands of outputs and very long texts are bounded', () => {
  const stream = { output_type: 'display_data', data: { 'text/html': '<b>' } };
  expect(outputsOf(...Array(5000).fill(stream))).toHaveLength(201);
  const [text] = outputsOf({ output_type: 'stream', text: 'x'.repeat(1e6) });
  expect((text as { text: string }).text).toMatch(/^x{100000}\n… 800000 characters omitted …\nx{100000}$/);
  expect(parseNotebook(notebook(...Array(3000).fill(code([])))).omittedCells).toBe(1000);
});

const attack = '<img src=x onerror=alert(1)>"><script>alert(2)</script>';

test('everything that is text is escaped', () => {
  const page = html(
    code(
      [
        { output_type: 'stream', text: attack },
        { output_type: 'error', traceback: [attack] },
        { output_type: 'display_data', data: { 'text/latex': attack } },
        { output_type: 'display_data', data: { [attack]: 1 } },
        { output_type: 'display_data', data: { 'image/png': png, 'text/plain': attack } },
      ],
      attack,
    ),
    { cell_type: 'raw', source: attack },
  );
  expect(page).not.toMatch(/<script|<img src=x/);
  expect(
    page.match(/<(?!\/)\w+/g)!.filter((tag) => !['<main', '<section', '<div', '<pre', '<p', '<img'].includes(tag)),
  ).toEqual([]);
});

test('everything that is HTML passes the cleaner, also what Markdown becomes', () => {
  const page = html(
    { cell_type: 'markdown', source: `# T\n${attack}\n[l](javascript:alert(1))` },
    code([
      { output_type: 'display_data', data: { 'text/html': attack } },
      { output_type: 'display_data', data: { 'text/markdown': attack } },
    ]),
  );
  expect(page.replace(/\{[^}]*\}/g, '')).not.toMatch(/script|onerror/);
  expect(page).toContain('‹h1>T‹/h1>');
});

test('attached images of Markdown cells are embedded', () => {
  const page = html({
    cell_type: 'markdown',
    source: '![a](attachment:im%20age.png) ![b](attachment:gone.png)',
    attachments: { 'im age.png': { 'image/png': png } },
  });
  expect(page).toContain(`src="data:image/png;base64,${png}"`);
  expect(page).toContain('attachment:gone.png');
});

test('ANSI tracebacks become classes; the text is escaped', () => {
  expect(ansiHtml('\u001b[0;31mValueError\u001b[0m: <b>')).toBe('<span class="log-fg-2">ValueError</span>: &lt;b&gt;');
  expect(ansiHtml('10%\r20%\r30%\ndone')).toBe('30%\ndone');
});

test('the page allows its stylesheet and embedded images only', () => {
  const page = pageHtml('<main></main>', {
    title: '</title><script>',
    stylesheet: 'https://example.org/assets/n.css',
    theme: '"><script>',
  });
  expect(page).toContain('content="default-src &#39;none&#39;; style-src https://example.org; img-src data:"');
  expect(page).not.toContain('<script>');
});
