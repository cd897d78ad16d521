/**
 * The Python that runs a kernel: fresh `__main__`, Kaggle's folders and variables, tracebacks that begin in the kernel's
 * own text, notebooks cell by cell with the value of a last expression shown. `run_kernel` returns the reason of a failure,
 * or an empty text.
 */
export const harness = `
import ast, json, os, sys, traceback, types

def _hint(error):
    name = (error.name or '').split('.')[0]
    sys.stderr.write(
        "The emulator has Python's standard library only, and '%s' is not in it. Two ways to have it: a folder of wheels "
        "(packages: DIR, or --packages DIR), or fetching packages (fetchPackages: true, or --fetch-packages).\\n" % name)
    return "missing package '%s'" % name

def _run(code, filename, namespace, show):
    tree = ast.parse(code, filename)
    last = tree.body.pop() if show and tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, 'exec'), namespace)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), filename, 'eval'), namespace)
        if value is not None:
            print(repr(value))

def _plain(source):
    lines = []
    for line in source.split('\\n'):
        if line.lstrip().startswith(('%', '!')):
            sys.stderr.write('The emulator leaves out: ' + line.strip() + '\\n')
            line = line[:len(line) - len(line.lstrip())] + 'pass'
        lines.append(line)
    return '\\n'.join(lines)

def run_kernel(text, kernel_type, root='/kaggle'):
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    os.environ.update({
        'KAGGLE_KERNEL_RUN_TYPE': 'Batch', 'KAGGLE_CONTAINER_NAME': 'emulator', 'KAGGLE_URL_BASE': 'https://www.kaggle.com',
        'LANG': 'C.UTF-8',
    })
    os.chdir(root + '/working')
    main = types.ModuleType('__main__')
    sys.modules['__main__'] = main
    failure = ''
    try:
        if kernel_type == 'notebook':
            sys.path.insert(0, root + '/working')
            for number, cell in enumerate(json.loads(text).get('cells', []), 1):
                if cell.get('cell_type') != 'code':
                    continue
                source = cell.get('source', '')
                source = source if isinstance(source, str) else ''.join(source)
                filename = 'cell %d' % number
                import linecache
                linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
                _run(_plain(source), filename, main.__dict__, True)
        else:
            filename = root + '/src/script.py'
            os.makedirs(root + '/src', exist_ok=True)
            with open(filename, 'w', encoding='utf-8') as file:
                file.write(text)
            sys.path.insert(0, root + '/src')
            sys.argv = [filename]
            main.__file__ = filename
            _run(text, filename, main.__dict__, False)
    except SystemExit as error:
        if error.code not in (None, 0):
            failure = 'exit code %s' % (error.code,)
            if isinstance(error.code, str):
                sys.stderr.write(error.code + '\\n')
    except BaseException as error:
        kind, value, trace = sys.exc_info()
        while trace is not None and trace.tb_frame.f_code.co_filename == run_kernel.__code__.co_filename:
            trace = trace.tb_next
        sys.stderr.write(''.join(traceback.format_exception(kind, value, trace)))
        failure = _hint(error) if isinstance(error, ModuleNotFoundError) else traceback.format_exception_only(kind, value)[-1].strip()
    finally:
        import threading, atexit
        try:
            atexit._run_exitfuncs()
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    return failure
`;
