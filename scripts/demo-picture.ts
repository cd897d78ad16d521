/**
 * Runs the demo and draws its output up to the line "Done" as docs/demo.svg, the picture in the README:
 * `npm run demo:picture`. The text stays text: it can be selected and read aloud. Paths of this machine are shortened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './test/command.ts';

const root: string = join(import.meta.dirname, '..');
const fontSize = 13;
const lineHeight = 17;
const left = 20;
/** Height of the title bar. */
const top = 36;

const escapeXml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The class that colors a line; empty for none. */
function styleOf(line: string): string {
  if (line.startsWith('$')) return 'command';
  if (/^ +[\d.]+ s \|/.test(line)) return 'log';
  if (/^(?:Status: COMPLETE|Done)/.test(line)) return 'done';
  return /^(?:Uploading|Version|Pushing|Pushed|Status)/.test(line) ? 'step' : '';
}

/** A terminal window that shows the lines. It has a background of its own: it looks the same on light and dark pages. */
export function picture(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * fontSize * 0.602) + 2 * left;
  const height = top + lines.length * lineHeight + 24;
  const texts = lines.map((line, index) => {
    const style = styleOf(line);
    const y = top + 18 + index * lineHeight;
    return `<text x="${left}" y="${y}"${style && ` class="${style}"`}>${escapeXml(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Terminal output of "npm run demo"</title>
<style>
  text { font: ${fontSize}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; white-space: pre }
  .command { fill: #ffffff; font-weight: bold }
  .step { fill: #79c0ff }
  .log { fill: #b8c0c8 }
  .done { fill: #7ee787 }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#6e7681"/>
<circle cx="22" cy="20" r="5.5" fill="#ff5f57"/><circle cx="40" cy="20" r="5.5" fill="#febc2e"/><circle cx="58" cy="20" r="5.5" fill="#28c840"/>
${texts.join('\n')}
</svg>
`;
}

/** The lines of the demo's output that the picture shows. */
export function shownLines(output: string): string[] {
  const lines = output.replaceAll(`${root}/`, '').split('\n');
  return lines.slice(0, lines.findIndex((line) => line.startsWith('Done')) + 1);
}

if (import.meta.main) {
  const { code, output } = await command('node', ['src/cli/main.ts', 'demo']);
  if (code !== 0) throw new Error(`the demo failed:\n${output}`);
  writeFileSync(join(root, 'docs/demo.svg'), picture(['$ npm run demo', ...shownLines(output)]));
  process.stdout.write('wrote docs/demo.svg\n');
}
