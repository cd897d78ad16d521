/** Python for every executor: log lines that explain why a kernel failed, where its own error does not. */
export const hints = `
import importlib.util, os, sys

_other_executor = 'To run kernels with the Python of this machine, use python3Executor(), or --executor python3.'

def _explain_import(error):
    """Writes what to do about a missing module; returns the reason of the failure if it is a package."""
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
                "emulator: '%s' is part of Python's standard library, but Python in WebAssembly does not have it (Kaggle "
                'does). %s\\n' % (name, _other_executor))
        return None
    if name == 'kaggle_params':
        sys.stderr.write('emulator: kaggle_params comes with the parameters of a kernel, and this one has none: pass params ({} is '
                         "enough), or --params '{}'\\n")
        return "no params, which kaggle_params needs"
    if in_wasm:
        sys.stderr.write(
            "emulator: '%s' is not installed: kernels have Python's standard library and the packages that you provide. Pass a "
            'folder of wheels (packages: DIR, or --packages DIR), or allow downloads (fetchPackages: true, or --fetch-packages).\\n'
            % name)
    else:
        sys.stderr.write("emulator: '%s' is not installed for %s, which runs the kernels. Install it (the package may have "
                         'another name): %s -m pip install %s\\n' % (name, sys.executable, sys.executable, name))
    return "missing package '%s'" % name

def _explain_thread(error):
    if sys.platform == 'emscripten' and str(error) == "can't start new thread":
        sys.stderr.write('emulator: Python in WebAssembly has no threads (Kaggle does). %s\\n' % _other_executor)

class _Inputs:
    """Records the missing paths below the folder of inputs that a kernel looks for, outside of the inputs of the run."""

    def __init__(self, root, mounts):
        self.base = root + '/input'
        self.mounts = [self.base + '/' + mount for mount in mounts]
        self.missing = []
        self.stat = os.stat
        sys.addaudithook(self.on_event)
        os.stat = self.recorded_stat
        for names in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if self.stat in names:
                names.add(os.stat)

    def on_event(self, event, details):
        if event in ('open', 'os.listdir', 'os.scandir'):
            self.record(details[0])

    def recorded_stat(self, path, *, dir_fd=None, follow_symlinks=True):
        self.record(path)
        return self.stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    def record(self, path):
        if isinstance(path, int) or path is None:
            return
        try:
            path = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))
        except (OSError, TypeError, ValueError):
            # The current folder was deleted, or this is not a path: the call itself fails.
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
            sys.stderr.write('emulator: %s does not exist. %s\\n' % (shown(path), (
                'Inputs of this run: %s' if places else 'This run has no inputs.%s') % places))
`;
