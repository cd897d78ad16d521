/**
 * Python for the interpreter in WebAssembly: a line in the log the first time that a kernel asks for something of the
 * machine. This is only the message: what makes it impossible is the realm.
 */
export const confined = `
import ipaddress, json, os, socket, subprocess, sys

def set_environment(variables):
    """Replaces the environment. LD_LIBRARY_PATH stays: the interpreter finds the libraries of packages by it."""
    for name in set(os.environ) - {'LD_LIBRARY_PATH'}:
        del os.environ[name]
    os.environ.update(json.loads(variables))

_warned = set()

def _warn_once(words):
    if words not in _warned:
        _warned.add(words)
        sys.__stderr__.write('emulator: ' + words + '\\n')

_no_programs = 'kernels cannot start programs'
_no_network = 'kernels have no network access'
_events = {
    'os.system': _no_programs, 'os.exec': _no_programs, 'os.fork': _no_programs, 'os.spawn': _no_programs,
    'os.posix_spawn': _no_programs, 'os.kill': 'kernels cannot send signals to other processes',
    'socket.connect': _no_network, 'socket.getaddrinfo': _no_network, 'socket.gethostbyname': _no_network,
    'socket.bind': _no_network, 'socket.sendto': _no_network, 'socket.sendmsg': _no_network,
}

def _watch(event, details):
    if event in _events:
        _warn_once(_events[event])
    elif event == 'import' and details[0] in ('js', 'pyodide_js'):
        _warn_once('JavaScript has no access to anything outside of the kernel, and Kaggle has no module ' + details[0])

sys.addaudithook(_watch)

def _popen(self, *args, _start=subprocess.Popen.__init__, **options):
    _warn_once(_no_programs)
    _start(self, *args, **options)

subprocess.Popen.__init__ = _popen

# Emscripten makes up an address for every name.
def _local(lookup):
    def look_up(host, *args, **options):
        sys.audit('socket.getaddrinfo', host)
        try:
            if host not in (None, '', 'localhost', b'localhost'):
                ipaddress.ip_address(host if isinstance(host, str) else host.decode())
        except ValueError:
            raise socket.gaierror(socket.EAI_AGAIN, 'Temporary failure in name resolution') from None
        return lookup(host, *args, **options)
    return look_up

for _name in ('getaddrinfo', 'gethostbyname', 'gethostbyname_ex'):
    setattr(socket, _name, _local(getattr(socket, _name)))
`;
