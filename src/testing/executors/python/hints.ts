/** Python for every executor: words that explain why a kernel failed, where its own error does not. */
export const hints = `
import importlib.util, os, sys

def _explain_import(error):
    """Tells what to do about a module that is not there; the reason of the failure, if it is a package's."""
    name = (error.name or '').split('.')[0]
    try:
        if not name or importlib.util.find_spec(name):
            return None
    except (ImportError, ValueError):
        pass
    in_wasm = sys.platform == 'emscripten'
    if name in getattr(sys, 'stdlib_module_names', ()):
        if in_wasm:
            sys.stderr.write(
                "'%s' belongs to Python's standard library, but Python in WebAssembly does not have it. Kaggle has it. "
                "The emulator's other executor (python3Executor(), or --executor python3) runs kernels with the Python "
                'of this machine.\\n' % name)
        return None
    if in_wasm:
        sys.stderr.write(
            "The emulator has Python's standard library only, and '%s' is not in it. Two ways to have it: a folder of wheels "
            "(packages: DIR, or --packages DIR), or fetching packages (fetchPackages: true, or --fetch-packages).\\n" % name)
    else:
        sys.stderr.write("'%s' is not installed for %s, which runs the kernels here. To install it (the package may have "
                         'another name): %s -m pip install %s\\n' % (name, sys.executable, sys.executable, name))
    return "missing package '%s'" % name

def _explain_thread(error):
    if sys.platform == 'emscripten' and str(error) == "can't start new thread":
        sys.stderr.write(
            "Python in WebAssembly has no threads. Kaggle has them. The emulator's other executor (python3Executor(), or "
            '--executor python3) runs kernels with the Python of this machine.\\n')

class _Inputs:
    """Notes each path below the folder of inputs that a kernel looks for in vain, outside of the inputs that it has."""

    def __init__(self, root, mounts):
        self.base = root + '/input'
        self.mounts = [self.base + '/' + mount for mount in mounts]
        self.missing = []
        self.stat = os.stat
        sys.addaudithook(self.hear)
        os.stat = self.stat_and_note
        for names in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if self.stat in names:
                names.add(os.stat)

    def hear(self, event, details):
        if event in ('open', 'os.listdir', 'os.scandir'):
            self.note(details[0])

    def stat_and_note(self, path, *, dir_fd=None, follow_symlinks=True):
        self.note(path)
        return self.stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    def note(self, path):
        if isinstance(path, int) or path is None:
            return
        try:
            path = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))
        except (OSError, TypeError, ValueError):
            # The current folder is gone, or it is no path: what was asked for says so.
            return
        if not path.startswith(self.base + '/') or any((path + '/').startswith(mount + '/') for mount in self.mounts):
            return
        found = self.base
        for name in path[len(self.base) + 1:].split('/'):
            found += '/' + name
            try:
                self.stat(found)
            except (OSError, ValueError):
                if found not in self.missing and len(self.missing) < 3:
                    self.missing.append(found)
                return

    def explain(self):
        shown = lambda path: '/kaggle/input' + path[len(self.base):]
        places = ', '.join(map(shown, self.mounts))
        for path in self.missing:
            sys.stderr.write('There is no %s. %s\\n' % (shown(path), (
                'The inputs of this run are at: %s' if places else 'This run has no inputs.%s') % places))
`;
