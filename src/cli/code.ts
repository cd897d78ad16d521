import { ValidationError } from '../core/errors.ts';
import { fromMetadata, type RunRequest, type ScriptKind, scriptKind } from '../services/kernels/index.ts';
import { UsageError } from './command.ts';
import { builtin } from './node.ts';

/** The part of a request that says what is to run. */
export type Code = Pick<RunRequest, 'text' | 'folder' | 'entry' | 'language' | 'kernelType'>;

function kindOf(name: string): ScriptKind {
  try {
    return scriptKind(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isScript(name: string): boolean {
  try {
    return Boolean(scriptKind(name));
  } catch {
    return false;
  }
}

/** The file of a folder that runs when none is named. */
async function guessEntry(folder: string): Promise<string> {
  const names = (await builtin('node:fs/promises').readdir(folder, { recursive: true, encoding: 'utf8' })).sort();
  const scripts = names.filter((name) => !/[/\\]/.test(name) && isScript(name));
  const only = scripts.length === 1 ? scripts[0] : undefined;
  const found = ['main.py', 'train.py'].find((name) => scripts.includes(name)) ?? only;
  if (found !== undefined) return found;
  throw new UsageError(`cannot tell which file of ${folder} runs: pass --entry NAME`);
}

/** Reads what is to run: a script or a notebook, or a folder of modules with an entry. */
export async function readCode(path: string, entry: string | undefined): Promise<Code> {
  const fs = builtin('node:fs/promises');
  const found = await fs.stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`there is no file or folder "${path}"`);
  if (found.isDirectory()) {
    const name = entry ?? (await guessEntry(path));
    return { folder: path, entry: name, ...kindOf(name) };
  }
  if (entry !== undefined) throw new UsageError(`"${path}" is a file: --entry needs a folder`);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await fs.readFile(path)), ...kindOf(path) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new ValidationError(`"${path}" cannot be read as UTF-8 text`, undefined, { cause: error });
  }
}

const metadataFile = 'kernel-metadata.json';

/**
 * Reads `kernel-metadata.json`, which is `path` or lies in that folder, with the code that it names; `undefined` where there
 * is none. As with the official client, only that one file is sent.
 */
export async function readMetadata(path: string): Promise<RunRequest | undefined> {
  const fs = builtin('node:fs/promises');
  const { basename, dirname, join } = builtin('node:path');
  const file = basename(path) === metadataFile ? path : join(path, metadataFile);
  const text = await fs.readFile(file).catch(() => undefined);
  if (!text) return undefined;
  const request = fromMetadata(new TextDecoder().decode(text));
  if (request.entry === undefined) throw new UsageError(`${file} names no code_file`);
  const { text: code, ...kind } = await readCode(join(dirname(file), request.entry), undefined);
  return { ...kind, ...request, text: code! };
}

/** The parameters of a job, given as JSON or as `@file`. */
export async function readParams(text: string | undefined): Promise<Pick<RunRequest, 'params'>> {
  if (text === undefined) return {};
  const json = text.startsWith('@')
    ? new TextDecoder().decode(await builtin('node:fs/promises').readFile(text.slice(1)))
    : text;
  try {
    return { params: JSON.parse(json) };
  } catch {
    throw new UsageError('--params must be JSON, or @ and the name of a file with JSON');
  }
}
