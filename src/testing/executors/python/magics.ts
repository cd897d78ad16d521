/**
 * Python for every executor: the result of `get_ipython()`. Magics that later cells may depend on take effect. Other
 * magics and shell commands are skipped, with a line in the log. A magic that IPython does not have is an error, as in
 * IPython.
 */
export const magics = `
import contextlib, io, os, shlex, string, sys, time, types

class UsageError(Exception):
    """Raised for a wrong use of a magic and for an unknown one, as in IPython."""

_line_magics = set('''alias alias_magic autoawait autocall automagic autosave bookmark cat cd clear code_wrap colors conda config
connect_info cp debug dhist dirs doctest_mode ed edit env gui hist history killbgscripts ldir less lf lk ll load load_ext loadpy
logoff logon logstart logstate logstop ls lsmagic lx macro magic mamba man matplotlib micromamba mkdir more mv notebook page
pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat pylab qtconsole quickref
recall rehashx reload_ext rep rerun reset reset_selective rm rmdir run save sc set_env store sx system tb time timeit unalias
unload_ext uv who who_ls whos xdel xmode'''.split())
_cell_magics = set('''! HTML SVG bash capture code_wrap debug file html javascript js latex markdown perl prun pypy python python2
python3 ruby script sh svg sx system time timeit writefile'''.split())

class _Lines(list):
    """The output of a command: its lines, and the attributes that IPython gives them."""
    l = list = property(list)
    n = nlstr = property(lambda self: '\\n'.join(self))
    s = spstr = property(lambda self: ' '.join(self))

class TimeitResult:
    def __init__(self, seconds):
        self.loops = self.repeat = 1
        self.all_runs = self.timings = [seconds]
        self.best = self.worst = self.average = seconds
        self.stdev = self.compile_time = 0.0
    def __str__(self):
        return '%.3g s (one run)' % self.average
    __repr__ = lambda self: '<TimeitResult : %s>' % self

class CapturedIO:
    """The value that %%capture assigns."""
    def __init__(self, stdout, stderr):
        self._stdout, self._stderr, self.outputs = stdout, stderr, []
    stdout = property(lambda self: self._stdout.getvalue())
    stderr = property(lambda self: self._stderr.getvalue())
    __str__ = lambda self: self.stdout
    def show(self):
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)
    __call__ = show

class _Expanded(string.Formatter):
    """Evaluates the {expressions} in the line of a magic."""
    def get_field(self, name, args, names):
        return eval(name, names), name

class InteractiveShell:
    ast_node_interactivity = 'last_expr'
    running = None

    @classmethod
    def instance(cls, **options):
        return cls.running
    initialized = classmethod(lambda cls: cls.running is not None)

class ZMQInteractiveShell(InteractiveShell):
    config = {'IPKernelApp': {}}

    def __init__(self, namespace, run):
        self.user_ns, self._run, self.cell_name = namespace, run, ''
        self.user_global_ns = namespace
        self.execution_count, self.extended, self.own = 0, False, {'line': {}, 'cell': {}}
        self.events = types.SimpleNamespace(register=lambda *args: None, unregister=lambda *args: None)
        InteractiveShell.running = self

    def system(self, command):
        _skip('!' + command)

    def getoutput(self, command, **options):
        _skip('!' + command)
        return _Lines()

    def magic(self, text):
        name, _, line = text.lstrip('%').partition(' ')
        return self.run_line_magic(name, line)

    def run_cell(self, cell, **options):
        self._run(plain_python(cell), '<cell>', self.user_ns)
    ex = run_cell

    def ev(self, text):
        return eval(text, self.user_ns)

    def push(self, names, **options):
        self.user_ns.update(names)

    def set_next_input(self, text, **options):
        pass
    enable_matplotlib = enable_pylab = enable_gui = set_custom_exc = showtraceback = set_next_input

    def register_magic_function(self, function, magic_kind='line', magic_name=None):
        self.own['cell' if magic_kind == 'cell' else 'line'][magic_name or function.__name__] = function

    def register_magics(self, *many):
        for magics in many:
            magics = magics(self) if isinstance(magics, type) else magics
            for function in (getattr(magics, name) for name in dir(type(magics))):
                for kind, name in getattr(function, 'magic', ()):
                    self.own[kind][name] = function

    def find_line_magic(self, name):
        return self.own['line'].get(name) or name in _line_magics

    def automagic(self, source):
        """Adds the % to a cell of one line that is a magic, unless the notebook has a variable of that name."""
        name, _, rest = source.strip().partition(' ')
        is_magic = name in _line_magics and name not in self.user_ns and '\\n' not in source.strip('\\n')
        return '%' + source.strip() if is_magic and rest.strip()[:1] not in ('=', ',') else source

    def expand(self, line):
        """The line of a magic with its {expressions} and $names replaced, or unchanged if that fails."""
        try:
            line = _Expanded().vformat(line, (), self.user_ns)
        except Exception:
            pass
        return re.sub(r'\\$(\\w+)', lambda name: str(self.user_ns.get(name[1], name[0])), line)

    def run_line_magic(self, name, line, *rest):
        if name in self.own['line']:
            return self.own['line'][name](self.expand(line))
        if name not in _line_magics and not self.extended:
            raise UsageError('Line magic function \`%%%s\` not found.' % name)
        effect = getattr(self, 'line_' + name, None)
        if effect is None:
            return _skip('%' + name + ' ' + line)
        return effect(line if name in ('time', 'timeit') else self.expand(line))

    def run_cell_magic(self, name, line, cell):
        if name in self.own['cell']:
            return self.own['cell'][name](self.expand(line), cell)
        if name not in _cell_magics and not self.extended:
            raise UsageError('Cell magic \`%%%%%s\` not found.' % name)
        effect = getattr(self, 'cell_' + name, None)
        if effect is None:
            return _skip('the cell with %%' + name + ' ' + line)
        return effect(line if name == 'timeit' else self.expand(line), cell)

    def line_time(self, line):
        return self._run(line, '<timed>', self.user_ns)

    def line_timeit(self, line, cell=''):
        """Runs the statement once, on a copy of the namespace: IPython drops its assignments, too."""
        options, line = _options(line, 'nrp')
        names = dict(self.user_ns)
        if cell:
            self._run(line, '<timed>', names)
        began = time.perf_counter()
        self._run(cell or line, self.cell_name if cell else '<timed>', names)
        return TimeitResult(time.perf_counter() - began) if 'o' in options else None

    def cell_timeit(self, line, cell):
        return self.line_timeit(line, '\\n' + plain_python(cell))

    def line_cd(self, line):
        options, path = _options(line, 'b')
        before = os.getcwd()
        os.chdir(self.user_ns.get('_before', before) if path == '-' else _path(path or '~'))
        self.user_ns['_before'] = before
        if 'q' not in options:
            print(os.getcwd())

    def line_pwd(self, line):
        return os.getcwd()

    def line_env(self, line):
        if not line.strip():
            return dict(os.environ)
        key, sign, value = line.partition('=' if '=' in line else ' ')
        if not sign:
            if key.strip() not in os.environ:
                raise UsageError('Environment does not have key: ' + key.strip())
            return os.environ[key.strip()]
        os.environ[key.strip()] = value.strip()
        print('env: %s=%s' % (key.strip(), value.strip()))
    line_set_env = line_env

    def line_who_ls(self, line):
        return sorted(name for name in self.user_ns if not name.startswith('_') and name not in ('In', 'Out'))

    def line_who(self, line):
        print('\\t '.join(self.line_who_ls(line)) or 'Interactive namespace is empty.')

    def line_load_ext(self, line):
        self.extended = True
        _skip('%load_ext ' + line)

    def line_run(self, line):
        options, line = _options(line, 'dlmMNptT')
        path, *args = shlex.split(line) or ['']
        path = _path(path)
        path += '' if os.path.exists(path) or path.endswith('.py') else '.py'
        if not os.path.exists(path):
            raise Exception('File \`%r\` not found.' % path)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        if path.endswith('.ipynb'):
            return self.run_cells(text)
        module = types.ModuleType('__main__')
        names = self.user_ns if 'i' in options else module.__dict__
        argv, sys.argv = sys.argv, [path, *args]
        try:
            names['__file__'] = path
            exec(compile(text, path, 'exec', dont_inherit=True), names)
        except SystemExit as error:
            if error.code not in (None, 0):
                raise
        finally:
            sys.argv = argv
        self.user_ns.update((name, value) for name, value in names.items() if not name.startswith('__'))

    def run_cells(self, text):
        for cell in _code_cells(text):
            self.run_cell(_source(cell))

    def cell_writefile(self, line, cell):
        options, path = _options(line.replace('--append', '-a'), '')
        if not path:
            raise UsageError('the following arguments are required: filename')
        path = _path(path)
        append = 'a' in options
        print('Appending to' if append else 'Overwriting' if os.path.exists(path) else 'Writing', path)
        with open(path, 'a' if append else 'w', encoding='utf-8') as file:
            file.write(cell)
    cell_file = cell_writefile

    def cell_time(self, line, cell):
        # The first line of the cell is the magic.
        return self._run('\\n' + plain_python(cell), self.cell_name, self.user_ns)
    cell_prun = cell_time

    def cell_capture(self, line, cell):
        words = line.split()
        captured = CapturedIO(io.StringIO(), io.StringIO())
        with contextlib.ExitStack() as stack:
            if '--no-stdout' not in words:
                stack.enter_context(contextlib.redirect_stdout(captured._stdout))
            if '--no-stderr' not in words:
                stack.enter_context(contextlib.redirect_stderr(captured._stderr))
            self.cell_time(line, cell)
        for name in words:
            if not name.startswith('-'):
                self.user_ns[name] = captured

def _skip(text):
    sys.stderr.write('emulator: skipped ' + text.strip() + '\\n')

def _path(text):
    return os.path.expanduser(text.strip(' \\'"'))

def _options(line, with_value):
    """Splits a line into the letters of its options and the rest."""
    options, words = '', line.strip()
    while words[:1] == '-' and words[1:2].isalpha():
        option, _, words = words.partition(' ')
        options += option[1:]
        if option[1] in with_value and len(option) == 2:
            words = words.strip().partition(' ')[2]
        words = words.strip()
    return options, words

def register_line_magic(function):
    InteractiveShell.running.register_magic_function(function)
    return function

def register_cell_magic(function):
    InteractiveShell.running.register_magic_function(function, 'cell')
    return function

def register_line_cell_magic(function):
    return register_cell_magic(register_line_magic(function))

class Magics:
    def __init__(self, shell=None, **options):
        self.shell = shell

def _magic_marker(*kinds):
    def mark(name):
        def marked(function):
            called = name if isinstance(name, str) else function.__name__
            function.magic = [(kind, called) for kind in kinds]
            return function
        return marked if isinstance(name, str) or name is None else marked(name)
    return mark
`;
