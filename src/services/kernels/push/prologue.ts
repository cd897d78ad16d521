import type { JobFile } from './job-files.ts';

/** How the line begins by which a script with a prologue tells the id of its session; `log/marker.ts` hides the line. */
export const markerStart = '##kaggle-ts session=';

/** What the generated Python sets up before the entry runs. */
export interface Prologue {
  /** Name of the entry, relative to the job's folder. */
  entry: string;
  /** Files that are written out; with a mounted dataset none but the parameters. */
  files: readonly JobFile[];
  /** The parameters as JSON, if there are any. */
  params?: string;
  /** Folders where the dataset with the job's files may be mounted; the first that exists is taken. */
  mounts?: readonly string[];
  /** Tells this push from others with the same code. */
  mark: string;
}

/** The module through which a script reads its parameters, and finds its inputs. */
const paramsModule = `import json
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "params.json"), encoding="utf-8") as file:
    params = json.load(file)


def input_path(source):
    """The folder of a data source of this kernel: "owner/slug" of a dataset or of another kernel's output, the slug of a
    competition, or "owner/model/framework/variation" of a model. Kaggle has mounted them at different places over time."""
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
    raise FileNotFoundError(f"{source} is not mounted below {root}; there: " + (", ".join(there[:20]) or "nothing"))
`;

/** Names that the parameters take up in the job's folder. */
export const paramsFiles: readonly string[] = ['kaggle_params.py', 'params.json'];

/** A JSON string is a Python string literal too: both know the same escapes, and JSON uses no others. */
const literal = (text: string) => JSON.stringify(text);

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** The content of a file as a Python expression: readable where it is text. */
function content(bytes: Uint8Array): string {
  try {
    return `${literal(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))}.encode("utf-8")`;
  } catch {
    return `base64.b64decode("${toBase64(bytes)}")`;
  }
}

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
 * Python that tells the id of its session (the number in KAGGLE_CONTAINER_NAME, which no answer of the API has) by a line
 * that logs hide, writes the job's files to a temporary folder, puts that folder (or the mounted dataset) and the folder of
 * the entry on the import path, for this process and those that it starts, and defines `_kaggle_ts_entry`, the path of
 * the entry. It needs nothing but the standard library.
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
  return `# Sets up the files and parameters of the job; its own code is below, or in ${literal(entry)}. ${mark}
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

/**
 * The whole text of a script kernel: the prologue, then the entry, compiled under its own path so that tracebacks show
 * its name and line numbers, and nothing else. It runs as `__main__`, with `__file__` and `sys.argv[0]` set. `source` is given where the
 * files are mounted from a dataset, so that the text holds the code that runs; otherwise the written file is read.
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
