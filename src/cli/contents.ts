import type { FetchedFile } from '../services/kernels/index.ts';
import { builtin } from './node.ts';
import type { Terminal } from './terminal.ts';
import { inBytes } from './words.ts';

/** Maximum size in bytes of a file to print. */
const longest = 64 * 1024;
/** Maximum number of lines to print. */
const mostLines = 60;

/** The text of a small file; `undefined` if it is not text. */
async function readText({ path, size }: FetchedFile): Promise<string | undefined> {
  if (size > longest) return undefined;
  const bytes = await builtin('node:fs/promises').readFile(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Prints the output of a kernel, without its log: the contents of small text files, and the size of the others. */
export async function printContents(files: readonly FetchedFile[], log: string, terminal: Terminal): Promise<void> {
  for (const file of files) {
    if (file.name === log) continue;
    const text = await readText(file);
    terminal.print();
    terminal.print(`${file.name} (${inBytes(file.size)})`);
    if (text === undefined) continue;
    const lines = text.replace(/\n$/, '').split('\n');
    for (const line of lines.slice(0, mostLines)) terminal.print(`  ${line}`);
    if (lines.length > mostLines) terminal.print(`  ... ${lines.length - mostLines} more lines`);
  }
}
