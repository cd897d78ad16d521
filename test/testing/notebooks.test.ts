import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createEmulator, pyodideExecutor, python3Executor } from '../../src/testing/index.ts';
import { ended, push } from './support.ts';

interface Cell {
  source: string | string[];
  tags?: string[];
}

const notebook = (cells: (string | Cell)[]) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell) => {
      const { source, tags } = typeof cell === 'string' ? { source: cell, tags: undefined } : cell;
      return { cell_type: 'code', source, outputs: [], execution_count: null, metadata: tags ? { tags } : {} };
    }),
  });

const python3 = spawnSync('python3', ['--version']).status === 0;

// Where there is no python3, the one in WebAssembly is all there is to test.
describe.each([
  ['WebAssembly', () => pyodideExecutor({ spare: true })],
  ...(python3 ? [['the python3 of the host', () => python3Executor()] as const] : []),
] as const)('notebooks in %s', (_name, open) => {
  const executor = open();
  const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 1 });
  afterEach(() => emulator.reset());
  afterAll(() => executor.close?.());

  /** What the cells print, line by line, and the rest of the run. */
  async function run(...cells: (string | Cell)[]) {
    await push(emulator, notebook(cells), { kernelType: 'notebook' });
    const result = await ended(emulator);
    return { ...result, lines: result.stdout.split('\n').slice(0, -1) };
  }

  test('strings and expressions that look like magics are left alone', async () => {
    const { lines, stderr } = await run(
      't = """\n%d items\n!keep\nname?\n"""\nprint(repr(t))',
      'x = (10\n% 3)\nprint(x)\nprint("%d%%" % 5)\nprint(1 != 2, "why?")  # really?',
      "s = 'a \\\n%b'\nprint(s)\ndef f(a='!b'): return a\nprint(f(a='%c'), f\"{x=!r}\")",
    );
    expect(stderr).toBe('');
    expect(lines).toEqual([String.raw`'\n%d items\n!keep\nname?\n'`, '1', '5%', 'True why?', 'a %b', '%c x=1']);
  });

  test('commands and magics are left out with a word, wherever a statement may stand', async () => {
    const { lines, stderr } = await run(
      '# a comment\n!ls | grep "it\'s\nprint("after")',
      'for n in range(2):\n    !pip install a \\\n        b\n    %matplotlib inline\nprint("loop")',
      'found = !ls\nprint(found, repr(found.s), found.n == "")',
      'import math\nmath.sqrt?\n?math\nmath??\nprint("asked")',
      '%%bash\nls $(\necho hi',
      '%%html\n<b>',
      '!skipped \\\n  more\nprint(__import__("sys")._getframe().f_lineno)',
    );
    expect(lines).toEqual(['after', 'loop', "[] '' True", 'asked', '3']);
    expect(stderr.trim().split('\n')).toEqual(
      [
        '!ls | grep "it\'s',
        '!pip install a b',
        '%matplotlib inline',
        '!pip install a b',
        '%matplotlib inline',
        '!ls',
        '%pinfo math.sqrt',
        '%pinfo math',
        '%pinfo math',
        'the cell with %%bash',
        'the cell with %%html',
        '!skipped more',
      ].map((words) => `emulator: skipped ${words}`),
    );
  });

  test('magics that later cells need have their effect', async () => {
    const { lines, stderr, files } = await run(
      '%%writefile helper.py\ndef value():\n    return 41\n',
      '%%writefile -a helper.py\nmore = 1\n',
      'import helper\nprint(helper.value() + helper.more)',
      '%%time\nw = 6\nw * 7',
      '%time z = w + 1\nprint(z)',
      '%env SOME_NAME=some value\n%cd /tmp\nimport os\nos.getcwd().endswith("tmp"), os.environ["SOME_NAME"]',
    );
    expect(stderr).toBe('');
    expect(files['helper.py']).toBe('def value():\n    return 41\nmore = 1\n');
    const moved = [expect.stringMatching('tmp$'), "(True, 'some value')"];
    expect(lines.slice(2)).toEqual(['42', '42', '7', 'env: SOME_NAME=some value', ...moved]);
  });

  test('magics give what the cells after them use', async () => {
    const { lines, stderr, files } = await run(
      'name = "helper"\ntimes = %timeit -n 2 -o kept = 1\nprint(times.average >= 0, "kept" in globals())',
      '%%timeit gone = 1\ngone + 1',
      '%%capture said\nimport sys\nprint("out")\nprint("err", file=sys.stderr)',
      'print([said.stdout, said.stderr], "gone" in globals())',
      '%%writefile {name}.py\nimport sys\nargs = sys.argv[1:]\n',
      '%run $name a "b c"\nargs',
      '%env A=1\nx = %env A\ny = %pwd\nz = %who_ls\nprint(x, y.endswith("working"), "args" in z)',
      '%cd -q /\n%cd -',
      'Out[6], In[3][:9], _6, _',
      'pip install not-python',
      'from IPython.core.magic import register_cell_magic\n@register_cell_magic\ndef loud(line, cell): print(cell.upper())',
      '%%loud\nhello',
    );
    expect(stderr).toBe('emulator: skipped %pip install not-python\n');
    expect(files['helper.py']).toBe('import sys\nargs = sys.argv[1:]\n');
    const shown = ["['a', 'b c']", 'env: A=1', '1 True True', expect.stringMatching('working$')];
    const kept = `(['a', 'b c'], '%%capture', ['a', 'b c'], ['a', 'b c'])`;
    expect(lines).toEqual(['True False', "['out\\n', 'err\\n'] False", 'Writing helper.py', ...shown, kept, 'HELLO']);
  });

  test('what IPython does not have is an error, unless an extension may bring it', async () => {
    const tags = ['raises-exception'];
    const { lines, stderr, failureMessage } = await run(
      { source: '%nothing at all', tags },
      { source: '# too late\n%%time\n1', tags },
      { source: '%%R\nx <- 1', tags },
      '%load_ext rpy2.ipython',
      '%%R\nx <- 1',
      '%memit 1',
      'print("here")',
      '%run nowhere.py',
    );
    expect(lines).toEqual(['here']);
    expect(failureMessage).toBe("Exception: File `'nowhere.py'` not found.");
    expect(stderr.split('\n').filter((line) => /^(UsageError|emulator:)/.test(line))).toEqual([
      'UsageError: Line magic function `%nothing` not found.',
      'UsageError: Line magic function `%%time` not found.',
      'UsageError: Cell magic `%%R` not found.',
      'emulator: skipped %load_ext rpy2.ipython',
      'emulator: skipped the cell with %%R',
      'emulator: skipped %memit 1',
    ]);
  });

  test('line ends of any kind, characters that only look like line ends, cells without a word', async () => {
    const { lines, stderr } = await run(
      'print("a")\r\n%matplotlib inline\r\nprint("b")\r\n',
      'x = "one\u2028two\x0cthree"\n%matplotlib inline\nprint(len(x))',
      '',
      '  \n',
      { source: '', tags: ['parameters'] },
      'print(get_ipython().execution_count)',
    );
    expect(lines).toEqual(['a', 'b', '13', '3']);
    expect(stderr).toBe('emulator: skipped %matplotlib inline\n'.repeat(2));
  });

  test('values are shown as in IPython: the last one, unless silenced, kept as _; display; await', async () => {
    const { lines, stderr } = await run(
      '41',
      '_ + 1\n',
      'print(_, __);',
      '"silent";  # really',
      { source: ['display([1], "b")\n', 'None'] },
      'import asyncio\nawait asyncio.sleep(0.01)\nasync def five(): return 5\nawait five()',
      'asyncio.run(five())',
      '  indented = 6\n  indented',
      'from __future__ import annotations\ndef f(x: Nowhere): pass',
      'def g(x: Nowhere): pass\ng.__annotations__',
      'import IPython\nfrom IPython import get_ipython as asked\nprint(asked() is IPython.get_ipython() is get_ipython())',
      'print("IPKernelApp" in get_ipython().config, get_ipython().__class__.__name__)',
    );
    expect(stderr).toBe('');
    const shown = [
      '41',
      '42',
      '42 41',
      '[1]',
      "'b'",
      '5',
      '5',
      '6',
      "{'x': 'Nowhere'}",
      'True',
      'True ZMQInteractiveShell',
    ];
    expect(lines).toEqual(shown);
  });

  test('IPython.display can be imported', async () => {
    const { lines, status } = await run(
      'from IPython.display import display, HTML, clear_output\ndisplay(HTML("<b>"))\nclear_output()',
    );
    expect({ lines: lines.filter(Boolean), status }).toEqual({
      lines: ['<IPython.core.display.HTML object>'],
      status: 'COMPLETE',
    });
  });

  test('an exception ends it, unless the cell is tagged; tracebacks show only the cells', async () => {
    const { lines, stderr, failureMessage } = await run(
      { source: '1 / 0', tags: ['raises-exception'] },
      { source: 'import sys\nsys.exit(1)', tags: ['raises-exception'] },
      { source: 'input("name?")', tags: ['raises-exception'] },
      { source: 'print("never")', tags: ['skip-execution'] },
      'print("goes on")',
      '%%time\ndef h():\n    raise KeyError("k")\nh()',
      'print("never")',
    );
    expect(lines).toEqual(['goes on']);
    expect(failureMessage).toBe("KeyError: 'k'");
    expect(stderr).toContain('StdinNotImplementedError: raw_input was called');
    expect(stderr).toMatch(/^Traceback .*\n {2}File "cell 1", line 1, in <module>\n {4}1 \/ 0/);
    expect(stderr).toMatch(/File "cell 6", line 3, in h\n {4}raise KeyError\("k"\)\nKeyError: 'k'\n$/);
    expect(stderr.match(/File "[^"]*"/g)!.filter((place) => !/"cell \d"/.test(place))).toEqual([]);
  });
});

test('notebooks of other formats and languages, and invalid ones', async () => {
  const emulator = createEmulator({ lag: 0, processing: 0, concurrency: 1 });
  const run = async (text: string) => {
    await push(emulator, text, { kernelType: 'notebook' });
    return ended(emulator);
  };
  const old = { nbformat: 3, metadata: {}, worksheets: [{ cells: [{ cell_type: 'code', input: ['6 ', '* 7'] }] }] };
  expect(await run(JSON.stringify(old))).toMatchObject({
    stdout: '42\n',
    status: 'COMPLETE',
  });
  const inR = { nbformat: 4, metadata: { kernelspec: { name: 'ir', language: 'R' } }, cells: [] };
  const message = 'cannot run a notebook in R: the emulator runs Python only';
  expect(await run(JSON.stringify(inR))).toMatchObject({
    status: 'ERROR',
    failureMessage: `ValueError: ${message}`,
    stderr: `ValueError: ${message}\n`,
  });
  const broken = "NotJSONError: Notebook does not appear to be JSON: 'print(1)'";
  const result = await run('print(1)');
  expect(result).toMatchObject({ status: 'ERROR', stderr: expect.stringContaining(broken) });
  expect(result.stderr.split('\n')).toHaveLength(2);
  await emulator.close();
});

test('every expression of a cell is shown if the notebook sets ast_node_interactivity', async () => {
  const emulator = createEmulator({ lag: 0, processing: 0 });
  const ask =
    'from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = "all"';
  await push(emulator, `\ufeff${notebook([ask, '1\n2\nx = 3\n4;'])}`, { kernelType: 'notebook' });
  expect(await ended(emulator)).toMatchObject({ stdout: '1\n2\n', stderr: '', status: 'COMPLETE' });
  await emulator.close();
});
