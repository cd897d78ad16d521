import { fileError } from '../core/bytes/file-error.ts';
import { ValidationError } from '../core/errors.ts';
import { fromMetadata, type RunRequest, type ScriptKind, scriptKind } from '../services/kernels/index.ts';
import { type CommandOption, UsageError } from './command.ts';
import { builtin } from './node.ts';
import { counted } from './words.ts';

export const entryOption: CommandOption = {
  type: 'string',
  value: 'NAME',
  help: 'File to run, if PATH is a folder (default: main.py, train.py, or the only script)',
};

export const paramsOption: CommandOption = {
  type: 'string',
  value: 'JSON',
  help: 'Parameters as JSON, or @FILE; Python reads them with "from kaggle_params import params"',
};

/** The part of a request that describes the code. */
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

/** The file to run in a folder without `--entry`. */
async function guessEntry(folder: string): Promise<string> {
  const names = (await builtin('node:fs/promises').readdir(folder, { recursive: true, encoding: 'utf8' })).sort();
  const scripts = names.filter((name) => !/[/\\]/.test(name) && isScript(name));
  const only = scripts.length === 1 ? scripts[0] : undefined;
  const found = ['main.py', 'train.py'].find((name) => scripts.includes(name)) ?? only;
  if (found !== undefined) return found;
  throw new UsageError(
    `cannot choose a file to run in "${folder}": it has ${counted(scripts.length, 'script')}, but no main.py or train.py; pass --entry NAME`,
  );
}

/** Reads the code: a script, a notebook, or a folder of modules with an entry. */
export async function readCode(path: string, entry: string | undefined): Promise<Code> {
  const fs = builtin('node:fs/promises');
  const found = await fs.stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`no such file or folder: "${path}"`);
  if (found.isDirectory()) {
    const name = entry ?? (await guessEntry(path));
    return { folder: path, entry: name, ...kindOf(name) };
  }
  if (entry !== undefined) throw new UsageError(`--entry requires a folder, and "${path}" is a file`);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await fs.readFile(path)), ...kindOf(path) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new ValidationError(`cannot read "${path}": it is not valid UTF-8; save it as UTF-8`, undefined, {
      cause: error,
    });
  }
}

const metadataFile = 'kernel-metadata.json';

/**
 * Reads `kernel-metadata.json`, at `path` or in that folder, and the code file that it names. Resolves to `undefined` if
 * there is no such file. As with the official client, only the code file is pushed.
 */
export async function readMetadata(path: string): Promise<RunRequest | undefined> {
  const fs = builtin('node:fs/promises');
  const { basename, dirname, join } = builtin('node:path');
  const file = basename(path) === metadataFile ? path : join(path, metadataFile);
  const text = await fs.readFile(file).catch(() => undefined);
  if (!text) return undefined;
  const request = fromMetadata(new TextDecoder().decode(text));
  if (request.entry === undefined) throw new UsageError(`${file}: missing code_file`);
  const { text: code, ...kind } = await readCode(join(dirname(file), request.entry), undefined);
  return { ...kind, ...request, text: code! };
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await builtin('node:fs/promises').readFile(path);
  } catch (error) {
    throw new UsageError(`--params: ${fileError('read', path, error).message}`);
  }
}

/** Reads `--params`: JSON or `@file`. */
export async function readParams(text: string | undefined): Promise<Pick<RunRequest, 'params'>> {
  if (text === undefined) return {};
  const path = text.startsWith('@') ? text.slice(1) : undefined;
  const bytes = path === undefined ? undefined : await readFile(path);
  try {
    return { params: JSON.parse(bytes ? new TextDecoder().decode(bytes) : text) };
  } catch (error) {
    throw new UsageError(
      path === undefined
        ? `--params: expected JSON or @FILE, got ${JSON.stringify(text)}`
        : `--params: "${path}" is not valid JSON: ${(error as Error).message}`,
    );
  }
}
