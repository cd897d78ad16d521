/** Python for every executor: the small part of IPython that notebooks rely on, where IPython is not installed. */
export const standIns = `
import builtins, importlib.machinery, importlib.util, sys, types

class DisplayHandle:
    def __init__(self, display_id=None):
        self.display_id = display_id
    def display(self, *values, **options):
        display(*values)
    update = display

def display(*values, display_id=None, **options):
    for value in values:
        print(repr(value))
    return DisplayHandle(display_id) if display_id else None

def get_ipython():
    return InteractiveShell.running

class StdinNotImplementedError(NotImplementedError):
    """Raised by input() in a notebook that runs without a user, as by nbconvert."""

def _no_input(prompt=''):
    raise StdinNotImplementedError('raw_input was called, but this frontend does not support input requests.')

def _nothing(*args, **options):
    pass

_kinds = ('Audio Code DisplayObject FileLink FileLinks GeoJSON HTML IFrame Image JSON Javascript Latex Markdown Math Pretty '
          'ProgressBar SVG ScribdDocument TextDisplayObject Video VimeoVideo YouTubeVideo')
_displays = 'html javascript jpeg json latex markdown pdf png pretty svg webp'

def _shown(name):
    def __init__(self, data=None, *args, **options):
        self.data = data
        self.__dict__.update(options)
    def __iter__(self):
        return iter(range(self.data or 0))
    methods = {'__init__': __init__, '__repr__': lambda self: '<IPython.core.display.%s object>' % name}
    return type(name, (), {**methods, '__iter__': __iter__} if name == 'ProgressBar' else methods)

def _provide(modules):
    for name, values in modules.items():
        module = sys.modules[name] = types.ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__dict__.update(values)
        above, _, last = name.rpartition('.')
        if above in sys.modules:
            setattr(sys.modules[above], last, module)

def provide_ipython(shell):
    """Makes IPython importable if it is not installed, and defines the builtins of notebooks."""
    InteractiveShell.running = shell
    if shell:
        builtins.get_ipython, builtins.display, builtins.input = get_ipython, display, _no_input
    if not importlib.util.find_spec('nest_asyncio'):
        # Cells do not run inside an event loop here, so there is nothing to nest.
        _provide({'nest_asyncio': {'apply': _nothing}})
    if importlib.util.find_spec('IPython'):
        # The installed IPython asks this module for the shell.
        return _provide({'IPython.core.getipython': {'get_ipython': get_ipython}})
    contents = {'display': display, 'update_display': display, 'DisplayHandle': DisplayHandle}
    contents.update((name, _shown(name)) for name in _kinds.split())
    contents.update(('display_' + kind, display) for kind in _displays.split())
    for name in ('clear_output', 'publish_display_data', 'set_matplotlib_formats', 'set_matplotlib_close'):
        contents[name] = _nothing
    shells = {'InteractiveShell': InteractiveShell}
    _provide({
        'IPython': {'get_ipython': get_ipython, '__version__': '0', 'version_info': (0, 0), '__path__': []},
        'IPython.display': contents,
        'IPython.core': {'__path__': []},
        'IPython.core.display': contents,
        'IPython.core.display_functions': contents,
        'IPython.core.error': {'UsageError': UsageError},
        'IPython.core.getipython': {'get_ipython': get_ipython},
        'IPython.core.interactiveshell': shells,
        'IPython.core.magic': {
            'register_line_magic': register_line_magic, 'register_cell_magic': register_cell_magic,
            'register_line_cell_magic': register_line_cell_magic, 'Magics': Magics, 'magics_class': lambda kind: kind,
            'line_magic': _magic_marker('line'), 'cell_magic': _magic_marker('cell'),
            'line_cell_magic': _magic_marker('line', 'cell'), 'needs_local_scope': lambda function: function,
        },
    })
    sys.modules['IPython'].__dict__.update(display=sys.modules['IPython.display'], **shells)
`;
