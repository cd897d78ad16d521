import * as v from 'valibot';
import { fileError, isMissing } from '../../core/bytes/file-error.ts';
import { KaggleError } from '../../core/errors.ts';
import { builtin, type NodeFsSync } from '../../platform/common/node-modules.ts';

/** Does something with a file; throws `TransferError` with the path and the reason. */
export function onDisk<T>(action: string, path: string, work: (fs: NodeFsSync) => T): T {
  try {
    return work(builtin('node:fs'));
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/** Private to the user: the files contain tokens. */
export const mode = 0o600;

/** Replaces a file atomically. */
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

/** Reads and checks a record; `undefined` if there is none. */
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
    throw damaged(path, 'invalid JSON', cause);
  }
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  const [issue] = issues;
  const place = v.getDotPath(issue) ?? 'the content';
  throw damaged(path, issue.input === undefined ? `${place} is missing` : `${place}: expected ${issue.expected}`);
}

export function damaged(path: string, why: string, cause?: unknown): KaggleError {
  return new KaggleError(
    `cannot read ${path}: ${why}; the data folder of the emulator is corrupted; restore this file, or use another folder`,
    { cause },
  );
}

/** The names in a folder, in numeric order; none if the folder does not exist. */
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
  onDisk('create the folder', path, (fs) => fs.mkdirSync(path, { recursive: true, mode: 0o700 }));
}

export function remove(path: string): void {
  onDisk('remove', path, (fs) => fs.rmSync(path, { recursive: true, force: true }));
}

/** Size in bytes; `undefined` if there is no file. */
export function sizeAt(path: string): number | undefined {
  try {
    return Number(builtin('node:fs').statSync(path, { bigint: true }).size);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError('get the size of', path, error);
  }
}
