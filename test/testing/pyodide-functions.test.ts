import { beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { driver, driverName, inputName, resultName } from '../../src/services/kernels/gpu/python.ts';
import { fromContent, pack, toContent } from '../../src/services/kernels/gpu/wire.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { createEmulator, pyodideExecutor } from '../../src/testing/index.ts';

/** Arrays like those of numpy and torch. */
const arrays = `
class Array:
    dtype = "float32"

    def __init__(self, items):
        self.items = items

    def tolist(self):
        return self.items
`;

const helper = `${arrays}

class Key:
    def tolist(self):
        return 3


def scale(text):
    return text * 2
`;

interface Case {
  /** Source of the file. */
  source: string;
  input?: unknown;
  file?: string;
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** The result file. */
  content: Uint8Array;
}

/** A remote function that also runs the driver once per case, so that one interpreter is enough. */
const batch = `import asyncio, contextlib, io, os, runpy, sys, tempfile
from helper import Array, Key, scale


class Output(io.StringIO):
    open = True

    def close(self):
        self.open = False

    def write(self, text):
        if not self.open:
            raise ValueError("I/O operation on closed file")
        return super().write(text)


def run(x):
    # Before the coroutine: a case may call asyncio.run.
    return embed(x, run_cases(x.pop("cases")))


async def embed(x, cases):
    print("working on", len(x["texts"]), end="")
    await asyncio.sleep(0.01)
    return {
        "cases": cases,
        "input": x,
        "array": Array([1.5, [float("nan"), float("-inf")]]),
        "scalar": Array(3),
        "bytes": [b"\\x00\\xff", bytearray(b"a"), memoryview(b"bc")],
        "tuple": (1, None, True),
        2: scale("ü"),
        Key(): 4,
    }


def run_cases(cases):
    here = os.path.dirname(__file__)
    with open(os.path.join(here, "driver"), "rb") as file:
        driver = file.read()
    before = set(sys.modules)
    return [one(case, driver, before) for case in cases]


def one(case, driver, before):
    folder = tempfile.mkdtemp()
    for name, data in {**case, "${driverName}": driver}.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    working = tempfile.mkdtemp()
    os.chdir(working)
    out, err, code = Output(), io.StringIO(), 0
    sys.path.insert(0, folder)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(os.path.join(folder, "${driverName}"), run_name="__main__")
        except SystemExit as error:
            code = error.code
    sys.path.remove(folder)
    with open(os.path.join(working, "${resultName}"), "rb") as file:
        content = file.read()
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and folder in sys.modules[name].__file__:
            del sys.modules[name]
    return {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue(), "content": content}
`;

/** The files of a case, without the driver. */
function filesOf({ source, input, file = 'model.py' }: Case): Record<string, Uint8Array> {
  const { packed, blobs } = pack(input);
  const content = toContent({ file, entry: 'f', ...packed }, blobs);
  return { [file]: new TextEncoder().encode(source), [inputName]: content };
}

/** The outcome that a result file holds. */
// biome-ignore lint/suspicious/noExplicitAny: values of all kinds
const outcomeOf = ({ content }: Ran) => fromContent<any>(content);

const returned = (expression: string): Case => ({ source: `${arrays}\ndef f(x=None):\n    return ${expression}\n` });
const hint = 'return JSON (str, int, float, bool, None, list, dict), bytes, or an array';

/** Values that cannot be sent, and what the exception says. */
const refused: [value: string, message: string][] = [
  ['{"a": [1, {2}]}', `cannot send result.a[1], of type set: ${hint}`],
  ['(n for n in [])', `cannot send result, of type generator: ${hint}`],
  ['1j', `cannot send result, of type complex: ${hint}`],
  ['__import__("datetime").date(2026, 1, 1)', `cannot send result, of type datetime.date: ${hint}`],
  ['[{"n": 2**53}]', 'cannot send result[0].n: an integer of 54 bits is not exact in JavaScript; return str(value)'],
  ['10**5000', 'cannot send result: an integer of 16610 bits is not exact in JavaScript; return str(value)'],
  ['{(1, 2): 3}', 'cannot send result, of type dict: expected distinct strings as keys, got (1, 2)'],
  ['{True: 3}', 'cannot send result, of type dict: expected distinct strings as keys, got True'],
  ['{"k": {1: 1, "1": 2}}', "cannot send result.k, of type dict: expected distinct strings as keys, got '1'"],
  ['Array([Array([object()])])', `cannot send result[0][0], of type object: ${hint}`],
  ['(lambda a: (a.append(a), a))([])', 'cannot send result: it is nested too deeply, or contains itself'],
  ['(lambda a: setattr(a, "items", a) or a)(Array(0))', `cannot send result, of type model.Array: ${hint}`],
];

/** Sources that fail, and type, message and traceback of the exception. */
const failing: [name: string, item: Case, type: string, message: string | RegExp, traceback: RegExp][] = [
  ['a syntax error', { source: 'x = 1\ndef f(x:\n    pass\n' }, 'SyntaxError', /./, /^ {2}File "model\.py", line 2\n/],
  [
    'an import that is missing',
    { source: 'import numpyy\ndef f(x): pass\n' },
    'ModuleNotFoundError',
    "No module named 'numpyy'",
    /^Traceback \(most recent call last\):\n {2}File "model\.py", line 1, in <module>\n/,
  ],
  [
    'a function that is missing',
    { source: 'from math import sqrt\ng = 5\ndef h(x): pass\n' },
    'AttributeError',
    'model.py has no function f; it has: h',
    /^AttributeError: /,
  ],
  [
    'a value of that name',
    { source: 'f = 5\n' },
    'AttributeError',
    'model.py has a value, not a function f; it has: none',
    /^A/,
  ],
  [
    'wrong arguments',
    { source: 'def f(a, b): pass\n', input: 1 },
    'TypeError',
    /^f\(\) missing 1 required/,
    /^TypeError/,
  ],
  ['sys.exit', { source: 'import sys\ndef f(): sys.exit("enough")\n' }, 'SystemExit', 'enough', /line 2, in f/],
  [
    'a coroutine',
    { source: 'async def f():\n    assert 0, "no"\n' },
    'AssertionError',
    'no',
    /^Traceback.*\n {2}File "model\.py", line 2, in f\n/,
  ],
  [
    'an exception with a cause',
    {
      source:
        'def f(x):\n    try:\n        int(x)\n    except ValueError as error:\n        raise KeyError("no") from error\n',
      input: 'x',
    },
    'KeyError',
    "'no'",
    /^Traceback .*\n {2}File "model\.py", line 3, in f\n.*\nValueError: .*direct cause.*\n {2}File "model\.py", line 5, in f\n.*\nKeyError: 'no'\n$/s,
  ],
  [
    'an exception without a text',
    { source: 'class E(Exception):\n    def __str__(self): return 1 / 0\ndef f(): raise E\n' },
    'E',
    '',
    /line 3, in f\n/,
  ],
  [
    'recursion',
    { source: 'def f(): return f()\n' },
    'RecursionError',
    /^maximum recursion depth/,
    /line 1, in f\n.*\[Previous line repeated \d+ more times\]\n/s,
  ],
];

/** Functions that do unusual things, and what they return. */
const unusual: [name: string, item: Case, value: unknown][] = [
  ['files named like modules', { file: 'json.py', source: 'import json\ndef f(): return json.__name__\n' }, 'json'],
  ['another working directory', { source: 'import os\ndef f():\n    os.chdir("/")\n    return 1\n' }, 1],
  [
    'a stdout that is replaced',
    { source: 'import io, sys\ndef f():\n    sys.stdout = io.StringIO()\n    return 1\n' },
    1,
  ],
  ['a stdout that is closed', { source: 'import sys\ndef f():\n    sys.stdout.close()\n    return 1\n' }, 1],
  ['a class', { source: 'class f(dict):\n    def __init__(self, x): self["x"] = x\n', input: [1] }, { x: [1] }],
  [
    'enums',
    {
      source:
        'import enum\nclass E(str, enum.Enum):\n    A = "a"\nclass I(enum.IntEnum):\n    B = 2\ndef f(): return [E.A, I.B, {I.B: 1}]\n',
    },
    ['a', 2, { 2: 1 }],
  ],
  ['bytes alone', { source: 'def f(x): return x + b"!"\n', input: new Uint8Array([65]) }, new Uint8Array([65, 33])],
  ['NaN alone', { source: 'def f(x): return x\n', input: Number.NaN }, Number.NaN],
  ['a guard', { source: 'if __name__ == "__main__":\n    raise SystemExit(3)\ndef f(): return __name__\n' }, 'model'],
  ['no input', { source: 'def f(*x): return len(x)\n' }, 0],
  ['null', { source: 'def f(*x): return x\n', input: null }, [null]],
];

let value: Record<string, unknown>;
let ran: Ran[];
const log: string[] = [];

const input = {
  texts: ['a', '\ud800', 'ü'],
  none: undefined,
  nan: [Number.NaN, -Number.POSITIVE_INFINITY],
  bytes: [new Uint8Array([0, 255, 10]), new Uint8Array(0)],
  __proto__: null,
  numbers: [1e300, -7, 0.1],
};

beforeAll(async () => {
  const emulator = createEmulator({ executor: pyodideExecutor(), lag: 0 });
  try {
    const platform = memoryPlatform({
      files: { '/job/batch.py': batch, '/job/helper.py': helper, '/job/driver': driver },
    });
    const client = createClient({ fetch: emulator.fetch, token: 'KGAT_test', platform });
    const settings = { folder: '/job', file: 'batch.py', entry: 'run', machineShape: 'CPU' };
    const items = [
      ...refused.map(([value]) => returned(value)),
      ...failing.map(([, item]) => item),
      ...unusual.map(([, item]) => item),
    ];
    const run = kernels.gpu<object, typeof value & { cases: Ran[] }>(client, settings);
    const options = {
      onLog: ({ data }: kernels.LogEntry) => void log.push(data),
      schedule: { first: 0.2, longest: 0.2 },
    };
    ({ cases: ran, ...value } = await run({ ...input, cases: items.map(filesOf) }, options));
  } finally {
    await emulator.close();
  }
});

test('input and result arrive as they are, and the log has no markers', () => {
  const { none, __proto__, ...sent } = input;
  expect(value).toEqual({
    input: sent,
    array: [1.5, [Number.NaN, Number.NEGATIVE_INFINITY]],
    scalar: 3,
    bytes: [new Uint8Array([0, 255]), new Uint8Array([97]), new Uint8Array([98, 99])],
    tuple: [1, null, true],
    2: 'üü',
    3: 4,
  });
  expect(log.join('')).toBe('working on 3');
});

test('the driver, case by case', () => {
  expect(ran).toHaveLength(refused.length + failing.length + unusual.length);
  for (const [value, message] of refused) {
    const one = ran.shift()!;
    const { type, message: said, traceback } = outcomeOf(one).error;
    expect({ value, said, traceback, code: one.code }).toEqual({
      value,
      said: message,
      traceback: `${type}: ${message}\n`,
      code: 1,
    });
  }
  for (const [name, , type, message, traceback] of failing) {
    const one = ran.shift()!;
    const { error } = outcomeOf(one);
    expect(error, name).toEqual({
      type,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      traceback: expect.stringMatching(traceback),
    });
    expect(error.traceback, name).not.toMatch(/kaggle|frozen|asyncio/);
    expect(one, name).toMatchObject({ stderr: error.traceback, code: 1 });
  }
  const nonces = new Set<string>();
  for (const [name, , value] of unusual) {
    const one = ran.shift()!;
    expect(outcomeOf(one), name).toMatchObject({ entry: 'f', value });
    const [, nonce, result] =
      /^##kaggle-ts call=([\da-f]{32})##\n(?:##kaggle-ts \1 \d+ (.*)##\n)?$/.exec(one.stdout) ?? [];
    expect(result, name).toBe(name.includes('closed') ? undefined : Buffer.from(one.content).toString('base64'));
    expect(outcomeOf(one).nonce).toBe(nonce);
    nonces.add(nonce!);
  }
  expect(nonces.size).toBe(unusual.length);
});
