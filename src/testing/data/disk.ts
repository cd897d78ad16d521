import * as v from 'valibot';
import { KaggleError } from '../../core/errors.ts';
import { fileError, isMissing } from '../../platform/common/file-error.ts';
import { builtin, type NodeFsSync } from '../../platform/common/node-modules.ts';

/** Does something with a file; says in words what could not be done. */
export function onDisk<T>(action: string, path: string, work: (fs: NodeFsSync) => T): T {
  try {
    return work(builtin('node:fs'));
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/** Tokens of the emulator are in here: for the user alone. */
export const mode = 0o600;

/** Puts a text in the place of the one before, in one step. */
export function writeText(path: string, text: string): void {
  onDisk('write', path, (fs) => {
    fs.writeFileSync(`${path}.new`, text, { mode });
    fs.renameSync(`${path}.new`, path);
  });
}

export function readText(path: string): string | undefined {
  try {
    return new TextDecoder().decode(builtin('node:fs').readFileSync(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError('read', path, error);
  }
}

/** A record that was written here; `undefined` where there is none. */
export function readRecord<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is no JSON', cause);
  }
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  throw damaged(path, `${v.getDotPath(issues[0]) ?? 'the whole'}: ${issues[0].message}`);
}

export function damaged(path: string, why: string, cause?: unknown): KaggleError {
  return new KaggleError(
    `Cannot read ${path} of the emulator's data (${why}): something else has changed it. Restore it, or pass another folder`,
    { cause },
  );
}

/** Names in a folder, the smallest numbers first; none where there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    const names = builtin('node:fs').readdirSync(folder);
    return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError('list', folder, error);
  }
}

export function makeFolder(path: string): void {
  onDisk('make the folder', path, (fs) => fs.mkdirSync(path, { recursive: true, mode: 0o700 }));
}

export function remove(path: string): void {
  onDisk('remove', path, (fs) => fs.rmSync(path, { recursive: true, force: true }));
}

/** Bytes; `undefined` where there is no file. */
export function sizeAt(path: string): number | undefined {
  try {
    return Number(builtin('node:fs').statSync(path, { bigint: true }).size);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError('look at', path, error);
  }
}
