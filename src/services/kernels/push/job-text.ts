import type { Json } from '../../../core/codec/message.ts';
import type { ErrorText } from '../../../core/error-text.ts';
import { ValidationError } from '../../../core/errors.ts';
import { refusal } from '../../../core/options/check.ts';
import { any, name, oneOf, shown, text, whole } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { collectJobFiles, type JobFile, type JobFolder, jobFolderFields } from './job-files.ts';
import { type PushMark, randomMark, withMark, withoutMark } from './mark.ts';
import { readNotebook } from './notebook.ts';
import { paramsFiles, prologue, scriptText } from './prologue.ts';

/** Language of a kernel. A notebook is `python` or `r`. */
export type Language = 'python' | 'r' | 'rmarkdown';

/** The code of a kernel: `text`, or `folder` (or `files`) and `entry`. */
export interface JobCode extends JobFolder {
  /** Source of the script, or JSON of the notebook. Not a path. */
  text?: string | undefined;
  /** File in the folder to run, such as `train.py` or `src/train.py`. */
  entry?: string | undefined;
  /**
   * Parameters of a Python script, at most 100,000 bytes as JSON. The script reads them with
   * `from kaggle_params import params`, or from the variable `KAGGLE_TS_PARAMS`.
   * `from kaggle_params import input_path` finds a mounted source: `input_path("owner/slug")`.
   */
  params?: Json | undefined;
  /** Language of the code. */
  language?: Language | undefined;
  /** Type of the kernel. */
  kernelType?: 'script' | 'notebook' | undefined;
  /**
   * Maximum size in bytes of the other files in the folder that are embedded in the source. Larger ones are uploaded as the
   * private dataset `<slug>-code`.
   * @default 262144 (256 KiB)
   */
  embedLimit?: number | undefined;
}

export const jobCodeFields = (): Fields<JobCode> => ({
  ...jobFolderFields(),
  text: text(),
  entry: name(),
  params: any(),
  language: oneOf('python', 'r', 'rmarkdown'),
  kernelType: oneOf('script', 'notebook'),
  embedLimit: whole(0),
});

/** Code that was read and checked. Its text depends on where uploaded files will be mounted. */
export interface JobSource {
  /** Files that exceed `embedLimit` and must become a dataset; empty if none. */
  readonly upload: readonly JobFile[];
  readonly language: Language;
  /** The code to run is empty. */
  readonly empty: boolean;
  /** Identifies this push in its source; `undefined` for code that is sent as it is, unless `text` gets a mark. */
  readonly mark: PushMark | undefined;
  /**
   * The source to send; `mounts` are the folders where the uploaded files may be mounted. It ends with `mark`, if given, which moves
   * no line of the code.
   */
  text(mounts?: readonly string[], mark?: PushMark): string;
}

/** An environment variable can hold about 128 KiB. */
const maxParams = 100_000;

/** An error for one option of `push`. */
const invalid = (path: string, message: ErrorText, cause?: unknown): ValidationError =>
  refusal('kernels.push', [{ path, message }], { cause });

export function serialiseParams(params: Json | undefined): string | undefined {
  if (params === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(params);
  } catch (cause) {
    throw invalid('params', `expected JSON: ${(cause as Error).message}`, cause);
  }
  if (text === undefined) throw invalid('params', `expected JSON, got ${shown(params)}`);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= maxParams) return text;
  throw invalid('params', `expected at most ${maxParams} bytes, got ${bytes}; use a file in the folder, or a dataset`);
}

function decodeSource(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('entry', `cannot read "${name}" as UTF-8 text`);
  }
}

/** Throws if the text is the path of an existing file or folder: it would run as code. */
async function refusePath({ platform }: KaggleClient, text: string): Promise<void> {
  if (text.length > 1000 || /[\r\n\0]/.test(text)) return;
  const found = await platform.fs?.stat(text).catch(() => undefined);
  if (!found) return;
  throw invalid(
    'text',
    `expected the code itself, got the path of a ${found.kind} (${JSON.stringify(text)}); read it, or pass folder and entry`,
  );
}

/** Reads and checks the code. Sends nothing. Throws `ValidationError` for code that cannot run. */
export async function readJob(client: KaggleClient, code: JobCode, signal?: AbortSignal): Promise<JobSource> {
  const { kernelType = 'script', embedLimit = 256 * 1024 } = code;
  const isFolder = code.folder !== undefined || code.files !== undefined;
  if (isFolder === (code.text !== undefined))
    throw new ValidationError('kernels.push: expected either text, or folder (or files) and entry');
  if (isFolder && !code.entry) throw invalid('entry', 'is missing; name the file in the folder to run');
  const params = serialiseParams(code.params);
  const notebook = kernelType === 'notebook';
  const entry = code.entry ?? (notebook ? 'main.ipynb' : 'main.py');
  if (!isFolder) await refusePath(client, code.text!);
  const files = isFolder ? await collectJobFiles(client, code, signal) : [];
  const main = files.find((file) => file.name === entry);
  if (isFolder && !main) throw invalid('entry', `no such file in the folder: "${entry}"`);
  const source = withoutMark(main ? decodeSource(entry, main.bytes) : code.text!);
  const modules = files.filter((file) => file !== main);
  const parsed = notebook ? readNotebook(source, code.language) : undefined;
  const empty = source.trim() === '';
  const language = code.language ?? parsed?.language ?? 'python';

  if (modules.length === 0 && params === undefined) {
    const text = (_mounts?: readonly string[], mark?: PushMark) =>
      parsed ? parsed.text(undefined, mark) : withMark(source, language, mark);
    return { upload: [], language, empty, mark: undefined, text };
  }
  if (language !== 'python') {
    throw invalid(
      'language',
      (name) =>
        `expected python for ${name('params')} and additional files, got ${language}; put the code into one file`,
    );
  }
  const taken = params === undefined ? undefined : files.find((file) => paramsFiles.includes(file.name));
  if (taken) throw invalid('params', `cannot write "${taken.name}": the folder has a file of that name; rename it`);
  const fits = modules.reduce((sum, file) => sum + file.bytes.length, 0) <= embedLimit;
  // A script without a folder is written out too, so that tracebacks can show its lines.
  const written = isFolder ? files : [{ name: entry, bytes: new TextEncoder().encode(source) }];
  const embedded = fits ? written.filter((file) => !notebook || file.name !== entry) : [];
  const ownMark = randomMark();
  return {
    upload: fits ? [] : files,
    language,
    empty,
    mark: ownMark,
    text(mounts, mark) {
      const job = { entry, files: embedded, params, mounts, mark: mark ?? ownMark };
      if (parsed) return parsed.text(`${prologue(job)}del _kaggle_ts_entry\n`, mark);
      return withMark(scriptText(job, mounts && source), language, job.mark);
    },
  };
}
