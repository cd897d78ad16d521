/**
 * Python for the interpreter in WebAssembly: a word in the log the first time that a kernel asks for something of the
 * machine. What refuses it is elsewhere: nothing here keeps anybody from anything.
 */
export const confined = `
import ipaddress, json, os, socket, subprocess, sys

def set_environment(variables):
    """Leaves of the interpreter's own variables only the one by which it finds the libraries of packages."""
    for name in set(os.environ) - {'LD_LIBRARY_PATH'}:
        del os.environ[name]
    os.environ.update(json.loads(variables))

_told = set()

def _tell(words):
    if words not in _told:
        _told.add(words)
        sys.__stderr__.write("The emulator's kernels " + words + '\\n')

_no_programs = 'cannot start programs.'
_no_network = 'have no network.'
_events = {
    'os.system': _no_programs, 'os.exec': _no_programs, 'os.fork': _no_programs, 'os.spawn': _no_programs,
    'os.posix_spawn': _no_programs, 'os.kill': 'cannot send signals to other processes.',
    'socket.connect': _no_network, 'socket.getaddrinfo': _no_network, 'socket.gethostbyname': _no_network,
    'socket.bind': _no_network, 'socket.sendto': _no_network, 'socket.sendmsg': _no_network,
}

def _watch(event, details):
    if event in _events:
        _tell(_events[event])
    elif event == 'import' and details[0] in ('js', 'pyodide_js'):
        _tell('have no JavaScript but the bare language: Kaggle has no module ' + details[0] + '.')

sys.addaudithook(_watch)

def _popen(self, *args, _start=subprocess.Popen.__init__, **options):
    _tell(_no_programs)
    _start(self, *args, **options)

subprocess.Popen.__init__ = _popen

# Emscripten gives every name an address of its own invention.
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
