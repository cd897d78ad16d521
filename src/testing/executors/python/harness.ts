/**
 * Python that runs a kernel, for every executor: a fresh `__main__`, Kaggle's folders, tracebacks that begin in the
 * source of the kernel, notebooks cell by cell with the value of the last expression shown. `run_kernel` returns the
 * reason of a failure, or an empty string.
 */
import { cells } from './cells.ts';
import { hints } from './hints.ts';
import { magics } from './magics.ts';
import { standIns } from './stand-ins.ts';

/** Settings of `run_kernel`, passed as JSON. */
export interface KernelSettings {
  kernelType: string;
  /** The folder that stands for `/kaggle`. */
  root: string;
  /** Paths below the folder of inputs. */
  mounts: string[];
}

const main = `
import __future__, ast, atexit, gc, io, json, linecache, os, sys, traceback, types

_loop = _log = None
_hook = sys.excepthook
_emulator = ((lambda: 0).__code__.co_filename, '<emulator>')
_flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_futures = [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]

def _evaluate(code, namespace):
    """Runs code, which may use await at the top level."""
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
    """Whether the statement ends with a semicolon, which hides its value."""
    lines = source.split('\\n')
    after = lines[node.end_lineno - 1].encode()[node.end_col_offset:].decode()
    return after.lstrip().startswith(';')

def _run_cell(source, filename, namespace, show=False):
    """Runs a cell and returns the value of its last expression."""
    global _flags
    tree = compile(source, filename, 'exec', ast.PyCF_ONLY_AST | _flags, dont_inherit=True)
    every = ZMQInteractiveShell.ast_node_interactivity == 'all'
    value = None
    for node in tree.body:
        last = node is tree.body[-1]
        part = ast.Expression(node.value) if isinstance(node, ast.Expr) else ast.Module([node], [])
        mode = 'eval' if isinstance(node, ast.Expr) else 'exec'
        code = compile(part, filename, mode, _flags, dont_inherit=True)
        # An import from __future__ applies to all later statements.
        for flag in _futures:
            _flags |= code.co_flags & flag
        value = _evaluate(code, namespace)
        if show and value is not None and (every or last) and not _is_silenced(source, node):
            count = '_%d' % InteractiveShell.running.execution_count
            namespace.update({'___': namespace['__'], '__': namespace['_'], '_': value, count: value})
            if 'Out' in namespace:
                namespace['Out'][InteractiveShell.running.execution_count] = value
            display(value)
    return value

class NotJSONError(ValueError):
    """Raised by nbformat, which reads notebooks on Kaggle."""

def _code_cells(text):
    """The code cells of a notebook, with their numbers; format 3 is supported, too."""
    try:
        notebook = json.loads(text)
    except ValueError:
        raise NotJSONError('Notebook does not appear to be JSON: %.80r' % text) from None
    metadata = notebook.get('metadata') or {}
    spec = metadata.get('kernelspec') or {}
    language = spec.get('language') or (metadata.get('language_info') or {}).get('name') or 'python'
    if language.lower() not in ('python', 'ipython') and not spec.get('name', '').startswith('python'):
        raise ValueError('cannot run a notebook in %s: the emulator runs Python only' % language)
    cells = notebook.get('cells')
    if cells is None:
        cells = [cell for sheet in notebook.get('worksheets', []) for cell in sheet.get('cells', [])]
    found = []
    for number, cell in enumerate(cells, 1):
        tags = (cell.get('metadata') or {}).get('tags') or []
        if cell.get('cell_type') == 'code' and 'skip-execution' not in tags and _source(cell).strip():
            found.append({**cell, 'number': number, 'tags': tags})
    return found

def _run_notebook(text, namespace):
    shell = ZMQInteractiveShell(namespace, _run_cell)
    provide_ipython(shell)
    namespace.update({'_': '', '__': '', '___': '', 'In': [''], 'Out': {}})
    namespace.update({'_ih': namespace['In'], '_oh': namespace['Out']})
    for cell in _code_cells(text):
        source = _source(cell)
        shell.execution_count += 1
        namespace['In'].append(source)
        shell.cell_name = filename = 'cell %d' % cell['number']
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        try:
            _run_cell(plain_python(shell.automagic(source)), filename, namespace, True)
        except (Exception, SystemExit) as error:
            if 'raises-exception' not in cell['tags']:
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

def _write_log(words):
    """Writes to the log, even if the kernel has closed or replaced sys.stderr."""
    for write in (lambda: sys.stderr.write(words), lambda: os.write(_log, words.encode(errors='backslashreplace'))):
        try:
            write()
            return
        except BaseException:
            pass

def _is_kernel(filename):
    return filename.endswith('/src/script.py') or filename.startswith(('cell ', '<cell>', '<timed>'))

def _trim(part, seen):
    """Removes the frames of the emulator from an exception and from its causes."""
    if part is None or part in seen:
        return
    seen.append(part)
    part.stack[:] = [frame for frame in part.stack if frame.filename not in _emulator]
    for other in (part.__cause__, part.__context__, *(getattr(part, 'exceptions', None) or ())):
        _trim(other, seen)

def _print_error(error):
    """Prints a traceback that begins in the source of the kernel."""
    whole = traceback.TracebackException.from_exception(error)
    _trim(whole, [])
    own = [_is_kernel(frame.filename) for frame in whole.stack]
    # Only the event loop that runs a cell can come before.
    del whole.stack[:own.index(True) if True in own else 0]
    _write_log(''.join(whole.format() if whole.stack else whole.format_exception_only()))

def _report(error):
    """Prints the error that ended the kernel, and returns it in one line."""
    try:
        reason = traceback.format_exception_only(type(error), error)[-1].strip()
        if sys.excepthook is not _hook and InteractiveShell.running is None:
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            _print_error(error)
        _explain_thread(error)
        return isinstance(error, ModuleNotFoundError) and _explain_import(error) or reason
    except BaseException:
        # The kernel has broken something that this needs.
        name = type(error).__name__
        _write_log('Traceback (most recent call last):\\n%s\\n' % name)
        return name

def _flush():
    """Flushes all open files: text layers first, then the buffers below them."""
    found = gc.get_objects()
    for kinds in (io.TextIOWrapper, (io.BufferedWriter, io.BufferedRandom)):
        for thing in found:
            if issubclass(type(thing), kinds):
                try:
                    thing.flush()
                except (AttributeError, OSError, ValueError):
                    # The file is closed, or the disk is full.
                    pass

def _end():
    """Does what Python does at exit: handlers, garbage collection, flushing."""
    atexit._run_exitfuncs()
    _flush()
    sys.modules.pop('__main__', None)
    InteractiveShell.running = None
    gc.collect()
    _flush()

def run_kernel(text, settings):
    global _log
    settings = json.loads(settings)
    root = settings['root']
    text = text.lstrip('\\ufeff')
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    _log = os.dup(2)
    os.chdir(root + '/working')
    main = types.ModuleType('__main__')
    main.__builtins__ = builtins
    sys.modules['__main__'] = main
    inputs = _Inputs(root, settings['mounts'])
    failure = ''
    try:
        if settings['kernelType'] == 'notebook':
            sys.path.insert(0, root + '/working')
            _run_notebook(text, main.__dict__)
        else:
            sys.path.insert(0, root + '/src')
            _run_script(text, root, main)
    except SystemExit as error:
        if error.code not in (None, 0):
            failure = 'exit code %s' % (error.code,)
            if isinstance(error.code, str):
                _write_log(error.code + '\\n')
    except BaseException as error:
        failure = _report(error)
    del main
    if failure:
        inputs.explain()
    if sys.platform == 'emscripten':
        try:
            _end()
        except BaseException as error:
            failure = failure or _report(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
    return failure
`;

export const harness: string = hints + cells + magics + standIns + main;
