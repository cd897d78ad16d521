/**
 * The Python that runs a kernel, for every executor: a fresh `__main__`, Kaggle's folders, tracebacks that begin in the
 * kernel's own text, notebooks cell by cell with the value of a last expression shown. `run_kernel` returns the reason of
 * a failure, or an empty text.
 */
import { cells } from './cells.ts';
import { hints } from './hints.ts';
import { standIns } from './stand-ins.ts';

/** What `run_kernel` is told beside the kernel's text, as JSON. */
export interface KernelSettings {
  kernelType: string;
  /** What stands for `/kaggle`. */
  root: string;
  /** Paths below the folder of inputs. */
  mounts: string[];
}

const main = `
import __future__, ast, atexit, json, linecache, os, sys, traceback, types

_loop = None
_flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_futures = [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]

def _evaluate(code, namespace):
    """Runs code, which may wait for something at the top level."""
    global _loop
    value = eval(code, namespace)
    is_coroutine = 0x80
    if not code.co_flags & is_coroutine:
        return value
    import asyncio
    if _loop is None:
        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)
    return _loop.run_until_complete(value)

def _is_silenced(source, node):
    """Whether the statement ends in a semicolon, which keeps its value from being shown."""
    lines = source.split('\\n')
    after = lines[node.end_lineno - 1].encode()[node.end_col_offset:].decode()
    return after.lstrip().startswith(';')

def _run_cell(source, filename, namespace, show=False):
    """Runs a cell; the value of its last expression."""
    global _flags
    tree = compile(source, filename, 'exec', ast.PyCF_ONLY_AST | _flags, dont_inherit=True)
    every = ZMQInteractiveShell.ast_node_interactivity == 'all'
    value = None
    for node in tree.body:
        last = node is tree.body[-1]
        part = ast.Expression(node.value) if isinstance(node, ast.Expr) else ast.Module([node], [])
        mode = 'eval' if isinstance(node, ast.Expr) else 'exec'
        code = compile(part, filename, mode, _flags, dont_inherit=True)
        # What is imported from __future__ holds for all that follows.
        for flag in _futures:
            _flags |= code.co_flags & flag
        value = _evaluate(code, namespace)
        if show and value is not None and (every or last) and not _is_silenced(source, node):
            namespace.update({'___': namespace['__'], '__': namespace['_'], '_': value})
            display(value)
    return value

def _run_notebook(notebook, namespace):
    shell = ZMQInteractiveShell(namespace, _run_cell)
    provide_ipython(shell)
    namespace.update({'_': '', '__': '', '___': ''})
    for number, cell in enumerate(notebook.get('cells', []), 1):
        tags = cell.get('metadata', {}).get('tags', [])
        if cell.get('cell_type') != 'code' or 'skip-execution' in tags:
            continue
        source = _source(cell)
        shell.cell_name = filename = 'cell %d' % number
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        try:
            _run_cell(plain_python(source), filename, namespace, True)
        except Exception as error:
            if 'raises-exception' not in tags:
                raise
            _print_error(error)

def _run_script(text, root, main):
    provide_ipython(None)
    filename = root + '/src/script.py'
    os.makedirs(root + '/src', exist_ok=True)
    with open(filename, 'w', encoding='utf-8') as file:
        file.write(text)
    sys.argv = [filename]
    main.__file__ = filename
    exec(compile(text, filename, 'exec', dont_inherit=True), main.__dict__)

def _print_error(error):
    """Prints a traceback without the frames of the emulator."""
    whole = traceback.TracebackException.from_exception(error)
    part, own = whole, (run_kernel.__code__.co_filename, '<emulator>')
    while part is not None:
        part.stack[:] = [frame for frame in part.stack if frame.filename not in own]
        part = part.__cause__ or part.__context__
    sys.stderr.write(''.join(whole.format() if whole.stack else whole.format_exception_only()))

def run_kernel(text, settings):
    settings = json.loads(settings)
    root = settings['root']
    text = text.lstrip('\\ufeff')
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    os.chdir(root + '/working')
    main = types.ModuleType('__main__')
    sys.modules['__main__'] = main
    inputs = _Inputs(root, settings['mounts'])
    failure = ''
    try:
        if settings['kernelType'] == 'notebook':
            sys.path.insert(0, root + '/working')
            _run_notebook(json.loads(text), main.__dict__)
        else:
            sys.path.insert(0, root + '/src')
            _run_script(text, root, main)
    except SystemExit as error:
        if error.code not in (None, 0):
            failure = 'exit code %s' % (error.code,)
            if isinstance(error.code, str):
                sys.stderr.write(error.code + '\\n')
    except BaseException as error:
        failure = traceback.format_exception_only(type(error), error)[-1].strip()
        _print_error(error)
        if isinstance(error, ModuleNotFoundError):
            failure = _explain_import(error) or failure
    finally:
        if failure:
            inputs.explain()
        try:
            atexit._run_exitfuncs()
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    return failure
`;

export const harness: string = hints + cells + standIns + main;
