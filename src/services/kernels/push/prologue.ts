import type { JobFile } from './job-files.ts';
import { markText, type PushMark } from './mark.ts';
import { markerStart } from './marker-start.ts';

/** What the generated Python sets up before the entry runs. */
export interface Prologue {
  /** Path of the entry, relative to the folder of the job. */
  entry: string;
  /** Files to write; with a mounted dataset only the parameters. */
  files: readonly JobFile[];
  /** Parameters as JSON, if any. */
  params?: string;
  /** Folders where the dataset of the job may be mounted; the first that exists is used. */
  mounts?: readonly string[];
  /** Identifies this push among others with the same code. */
  mark: PushMark;
}

/** The module from which a script imports its parameters, and `input_path`. */
const paramsModule = `import json
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "params.json"), encoding="utf-8") as file:
    params = json.load(file)


def input_path(source):
    """Return the folder of a data source of this kernel: "owner/slug" of a dataset or of another kernel, the slug of a
    competition, or "owner/model/framework/variation" of a model. Kaggle has changed where it mounts them."""
    root = "/kaggle/input"
    parts = [part for part in str(source).strip("/").split("/") if part != "versions"]
    if len(parts) == 1:
        places = [["competitions", parts[0]], parts]
    elif len(parts) <= 3:
        places = [["datasets", *parts[:2]], ["notebooks", *parts[:2]], [parts[1]]]
    else:
        places = [["models", *parts], parts, parts[1:]]
    for place in places:
        path = os.path.join(root, *place)
        if os.path.isdir(path):
            return path
    there = sorted(folder for folder, _, files in os.walk(root) if files)
    raise FileNotFoundError(f"{source} is not mounted under {root}; folders with files: " + (", ".join(there[:20]) or "none"))
`;

/** Names of the files for parameters in the folder of the job. */
export const paramsFiles: readonly string[] = ['kaggle_params.py', 'params.json'];

/** A JSON string is also a Python string literal: both have the same escapes. */
const literal = (text: string) => JSON.stringify(text);

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** The content of a file as a Python expression, readable for text. */
function content(bytes: Uint8Array): string {
  const binary = () => `base64.b64decode("${toBase64(bytes)}")`;
  try {
    const text = literal(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    // A control character takes six characters, and Kaggle limits the size of the source.
    return text.length > 2 * bytes.length + 100 ? binary() : `${text}.encode("utf-8")`;
  } catch {
    return binary();
  }
}

const firstWords = '# Sets up the files and parameters of the job.';

function fileLines({ files, params }: Prologue): string {
  const encode = (text: string) => new TextEncoder().encode(text);
  const all = [
    ...files,
    ...(params === undefined
      ? []
      : [
          { name: paramsFiles[0]!, bytes: encode(paramsModule) },
          { name: paramsFiles[1]!, bytes: encode(params) },
        ]),
  ];
  return all.map(({ name, bytes }) => `        ${literal(name)}: ${content(bytes)},\n`).join('');
}

/**
 * Python that runs before the code. It prints the session ID (the number in KAGGLE_CONTAINER_NAME, which no API call returns) in a
 * line that `logs` removes. It writes the files of the job to a temporary folder, and adds that folder (or the mounted dataset) and
 * the folder of the entry to the import path of this process and its children. It defines `_kaggle_ts_entry`, the path of the
 * entry. It needs only the standard library.
 */
export function prologue(job: Prologue): string {
  const { entry, params, mounts, mark } = job;
  const find = mounts
    ? `    mounts = [${mounts.map(literal).join(', ')}]
    folder = next((path for path in mounts if os.path.isdir(path)), None)
    if folder is None:
        raise FileNotFoundError("the job's files are not mounted at " + " or ".join(mounts))
`
    : '    folder = written\n';
  return `${firstWords} The code of the job is below, or in ${literal(entry)}. ${markText(mark)}
def _kaggle_ts_setup():
    import base64, os, sys, tempfile

    parts = os.environ.get("KAGGLE_CONTAINER_NAME", "").split("-")
    numbers = [part for part in parts if part.isdigit()]
    if numbers:
        session = parts[-2] if len(parts) > 2 and parts[-2].isdigit() else max(numbers, key=len)
        print("${markerStart}" + session + "##", flush=True)

    written = tempfile.mkdtemp(prefix="kaggle-job-")
    files = {
${fileLines(job)}    }
    for name, data in files.items():
        path = os.path.join(written, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
${find}    entry = os.path.join(folder, *${literal(entry)}.split("/"))
    paths = list(dict.fromkeys([os.path.dirname(entry), folder, written]))
    sys.path[:0] = paths
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(paths + ([inherited] if inherited else []))
${params === undefined ? '' : `    os.environ["KAGGLE_TS_PARAMS"] = ${literal(params)}\n`}    return entry


_kaggle_ts_entry = _kaggle_ts_setup()
del _kaggle_ts_setup
`;
}

/** What a prologue sets up, read back from a source. */
export interface ReadPrologue {
  readonly entry: string;
  /** The files that it writes, by name: a string if it has their text. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Whether the other files are in a mounted dataset. */
  readonly mounted: boolean;
}

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** Reads the prologue at the start of a source; `undefined` if there is none. */
export function readPrologue(source: string): ReadPrologue | undefined {
  if (!source.startsWith(firstWords)) return undefined;
  const end = source.indexOf('_kaggle_ts_entry = _kaggle_ts_setup()');
  const head = source.slice(0, end);
  const entry = /^ {4}entry = os\.path\.join\(folder, \*("(?:[^"\\]|\\.)*")/m.exec(head)?.[1];
  if (end < 0 || entry === undefined) return undefined;
  const lines = head.matchAll(
    /^ {8}("(?:[^"\\]|\\.)*"): (?:base64\.b64decode\("([^"]*)"\)|("(?:[^"\\]|\\.)*")\.encode\("utf-8"\)),$/gm,
  );
  const files = [...lines].map(([, name, base64, text]) => [
    JSON.parse(name!),
    text ? JSON.parse(text) : fromBase64(base64 ?? ''),
  ]);
  return { entry: JSON.parse(entry), files: Object.fromEntries(files), mounted: /^ {4}mounts = \[/m.test(head) };
}

/**
 * The source of a script kernel: the prologue, then the entry, compiled under its own path so that tracebacks show only its name
 * and line numbers. It runs as `__main__`, with `__file__` and `sys.argv[0]` set. `source` is given if the files are mounted
 * from a dataset, so that the pushed source contains the code; otherwise the written file is read.
 */
export function scriptText(job: Prologue, source?: string): string {
  const code =
    source === undefined
      ? `with open(__file__, "rb") as _kaggle_ts_file:
    _kaggle_ts_source = _kaggle_ts_file.read()`
      : `_kaggle_ts_source = ${literal(source.replace(/^\ufeff/, ''))}`;
  return `${prologue(job)}
import sys


def _kaggle_ts_trim(show, entry):
    # A traceback begins in the entry, not here; a SyntaxError of the entry has nothing else.
    def hook(kind, error, trace):
        own = trace
        while own and own.tb_frame.f_code.co_filename != entry:
            own = own.tb_next
        if own or getattr(error, "filename", None) == entry:
            error.__traceback__ = trace = own
        show(kind, error, trace)

    return hook


sys.excepthook = _kaggle_ts_trim(sys.excepthook, _kaggle_ts_entry)
del _kaggle_ts_trim

__file__ = _kaggle_ts_entry
sys.argv = [__file__]
${code}
exec(compile(_kaggle_ts_source, __file__, "exec", dont_inherit=True))
`;
}
