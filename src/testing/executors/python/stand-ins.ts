/** Python for every executor: the small part of IPython that notebooks rely on, where IPython is not installed. */
export const standIns = `
import builtins, importlib.util, os, sys, types

def _left_out(text):
    sys.stderr.write('The emulator leaves out: ' + text.strip() + '\\n')

def display(*values, **options):
    for value in values:
        print(repr(value))

class InteractiveShell:
    ast_node_interactivity = 'last_expr'

class ZMQInteractiveShell(InteractiveShell):
    """What get_ipython() gives: commands and most magics are left out with a word in the log."""
    config = {'IPKernelApp': {}}

    def __init__(self, namespace, run):
        self.user_ns, self._run, self.cell_name = namespace, run, ''

    def system(self, command):
        _left_out('!' + command)

    def getoutput(self, command, **options):
        _left_out('!' + command)
        return []

    def magic(self, text):
        name, _, line = text.partition(' ')
        return self.run_line_magic(name.lstrip('%'), line)

    def run_cell(self, cell, **options):
        self._run(plain_python(cell), '<cell>', self.user_ns)

    def run_line_magic(self, name, line, *rest):
        if name == 'time':
            return self._run(line, '<timed>', self.user_ns)
        if name == 'cd':
            os.chdir(_path(line or '~'))
        elif name in ('env', 'set_env') and line:
            key, _, value = line.partition('=' if '=' in line else ' ')
            os.environ[key.strip()] = value.strip()
        else:
            _left_out('%' + name + ' ' + line)

    def run_cell_magic(self, name, line, cell):
        if name in ('writefile', 'file'):
            append = line.startswith('-a ')
            path = _path(line[3:] if append else line)
            print('Appending to' if append else 'Overwriting' if os.path.exists(path) else 'Writing', path)
            with open(path, 'a' if append else 'w', encoding='utf-8') as file:
                file.write(cell)
        elif name in ('time', 'capture', 'prun'):
            # The first line is that of the magic.
            self._run('\\n' + plain_python(cell), self.cell_name, self.user_ns, True)
        else:
            _left_out('the cell with %%' + name + ' ' + line)

def _path(text):
    return os.path.expanduser(text.strip(' \\'"'))

_kinds = ('Audio Code DisplayHandle FileLink FileLinks GeoJSON HTML IFrame Image JSON Javascript Latex Markdown Math Pretty '
          'ProgressBar SVG Video YouTubeVideo')

def _shown(name):
    def __init__(self, data=None, *args, **options):
        self.data = data
    return type(name, (), {'__init__': __init__, '__repr__': lambda self: '<IPython.core.display.%s object>' % name})

def provide_ipython(shell):
    """Makes IPython importable where it is not, and gives a notebook, which has a shell, what needs no import there."""
    get_ipython = lambda: shell
    if shell:
        builtins.get_ipython, builtins.display = get_ipython, display
    if importlib.util.find_spec('IPython'):
        return
    contents = {'display': display, 'clear_output': lambda *args, **options: None, 'update_display': display}
    contents.update((name, _shown(name)) for name in _kinds.split())
    modules = {
        'IPython': {'get_ipython': get_ipython, '__version__': '0', 'version_info': (0, 0), '__path__': []},
        'IPython.display': contents,
        'IPython.core': {'__path__': []},
        'IPython.core.display': contents,
        'IPython.core.display_functions': contents,
        'IPython.core.getipython': {'get_ipython': get_ipython},
        'IPython.core.interactiveshell': {'InteractiveShell': InteractiveShell},
    }
    for name, values in modules.items():
        module = sys.modules[name] = types.ModuleType(name)
        module.__dict__.update(values)
        above, _, last = name.rpartition('.')
        if above:
            setattr(sys.modules[above], last, module)
    sys.modules['IPython'].__dict__.update(display=sys.modules['IPython.display'], InteractiveShell=InteractiveShell)
`;
