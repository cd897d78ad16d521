import { MissingCapabilityError } from '../../../core/errors.ts';
import { pathOf } from '../../../core/file-path.ts';
import { refusal } from '../../../core/options/check.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { collectJobFiles, readBytes } from '../push/job-files.ts';
import type { PushRequest } from '../push/request.ts';
import { checkEntry, type FunctionDefinition, kernelName } from './definition.ts';
import { driver, driverName, inputName, resultName } from './python.ts';
import { pack, toContent } from './wire.ts';

/** The file with the function, and the files next to it. */
interface FunctionFiles {
  /** Relative path of the file. */
  readonly name: string;
  readonly source: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

type Definition = FunctionDefinition<unknown, unknown>;

const invalid = (path: string, message: string) => refusal('kernels.gpu', [{ path, message }]);

const baseName = (path: string) => path.split(/[/\\]/).at(-1)!;

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('file', `cannot read "${name}" as UTF-8 text`);
  }
}

async function readFiles(client: KaggleClient, given: Definition, signal: AbortSignal): Promise<FunctionFiles> {
  const path = given.file === undefined ? 'main.py' : pathOf(given.file);
  if (given.text !== undefined) return { name: baseName(path), source: given.text, files: {} };
  if (given.folder === undefined && given.files === undefined) {
    const { fs, name: platform } = client.platform;
    if (!fs) {
      throw new MissingCapabilityError(
        `cannot read "${path}": this platform (${platform}) has no file system; pass text: the Python source`,
      );
    }
    if ((await fs.stat(path))?.kind !== 'file') throw invalid('file', `no such file: "${path}"`);
    return { name: baseName(path), source: decode(path, await readBytes(fs, path)), files: {} };
  }
  const found = await collectJobFiles(client, given, signal);
  const name = path.replace(/^\.\//, '');
  const main = found.find((file) => file.name === name);
  if (!main) throw invalid('file', `no such file in the folder: "${path}"`);
  const taken = found.find((file) => [driverName, inputName, resultName].includes(baseName(file.name)));
  if (taken) throw invalid('folder', `cannot write "${taken.name}": the folder has a file of that name; rename it`);
  return {
    name,
    source: decode(name, main.bytes),
    files: Object.fromEntries(found.map(({ name, bytes }) => [name, bytes])),
  };
}

/** An input that can be sent. */
export type PackedInput = ReturnType<typeof pack>;

/**
 * Encodes the input of a call, which errors call `what`. Throws `ValidationError`, with the places, for values that cannot be sent.
 */
export function packInput(entry: string, input: unknown, what: string): PackedInput {
  const packed = pack(input);
  if (packed.problems.length === 0) return packed;
  const issues = packed.problems.map(({ path, message }) => ({
    path: `${what}${path === '' || path.startsWith('[') ? '' : '.'}${path}`,
    message,
  }));
  throw refusal(entry, issues);
}

/**
 * Reads the files of the function. Returns a function that makes the kernel of one call: the user's files, the input as a file, and
 * the driver as the entry.
 */
export async function openFunction(
  client: KaggleClient,
  definition: Definition,
  signal: AbortSignal,
): Promise<(input: PackedInput) => PushRequest> {
  const { file, text, folder, files, entry, machineShape = 'NvidiaTeslaT4', input, output, ...settings } = definition;
  const found = await readFiles(client, definition, signal);
  checkEntry(found.source, found.name, entry);
  const at = found.name.slice(0, found.name.lastIndexOf('/') + 1);
  return ({ packed, blobs }) => ({
    ...settings,
    ...kernelName(definition),
    ...(machineShape.toUpperCase() !== 'CPU' && { machineShape }),
    files: {
      ...found.files,
      [found.name]: found.source,
      [`${at}${driverName}`]: driver,
      [`${at}${inputName}`]: toContent({ file: found.name, entry, ...packed }, blobs),
    },
    entry: `${at}${driverName}`,
    // For `kaggle_params.input_path`, and for the line with the session ID.
    params: {},
  });
}
