/**
 * A kernel that tries everything that Python, and JavaScript through pyodide's bridge, could reach the machine by. Each
 * attempt prints its name and how it ended; what counts is whether the canaries are touched.
 */

/** Where the canaries are. */
export interface Canaries {
  /** A folder in which nothing may be made; it has `secret.txt`. */
  folder: string;
  /** A port on loopback to which nobody may connect. */
  port: number;
  /** The name of a variable of the program's environment that no kernel may see. */
  variable: string;
}

const python = `
import ctypes, io, os, posix, signal, socket, subprocess, sys
libc = ctypes.CDLL(None)
touch = lambda name: 'touch ' + FOLDER + '/made-by-' + name
loopback = ('127.0.0.1', PORT)

def wrote(name):
    with open(FOLDER + '/made-by-' + name, 'w') as file:
        file.write('x')

def connected(kind, *options):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.settimeout(1)
        sock.connect(loopback)
        sock.sendall(b'x')
        return sock.recv(1)

def listened():
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        sock.listen()
        return sock.getsockname()

commands = {
    'os.system': lambda: os.system(touch('system')),
    'posix.system': lambda: posix.system(touch('posix')),
    'libc.system': lambda: libc.system(touch('libc').encode()),
    'libc.popen': lambda: libc.popen(touch('popen').encode(), b'r'),
    'os.popen': lambda: os.popen(touch('os-popen')).read(),
    'subprocess.run': lambda: subprocess.run(touch('run'), shell=True),
    'subprocess.Popen': lambda: subprocess.Popen(['touch', FOLDER + '/made-by-popen']).wait(),
    'subprocess.getoutput': lambda: subprocess.getoutput(touch('getoutput')),
    '_posixsubprocess': lambda: __import__('_posixsubprocess').fork_exec(
        [b'touch', FOLDER.encode() + b'/made-by-fork'], [b'/usr/bin/touch'], True, (), None, None, -1, -1, -1, -1, -1, -1,
        4, 5, False, False, -1, None, None, None, -1, None),
    'os.fork': lambda: os.fork(),
    'libc.fork': lambda: libc.fork(),
    'os.execv': lambda: os.execv('/bin/sh', ['sh', '-c', touch('execv')]),
    'libc.execv': lambda: libc.execv(b'/bin/sh', None),
    'os.spawnlp': lambda: os.spawnlp(os.P_WAIT, 'sh', 'sh', '-c', touch('spawn')),
    'libc.posix_spawn': lambda: libc.posix_spawn(None, b'/bin/sh', None, None, None, None),
    'pty.spawn': lambda: __import__('pty').spawn(['sh', '-c', touch('pty')]),
    'multiprocessing': lambda: __import__('multiprocessing').Process(target=print).start(),
    'webbrowser': lambda: __import__('webbrowser').open('http://127.0.0.1:%d/' % PORT),
    'os.kill': lambda: os.kill(os.getppid(), signal.SIGTERM),
    'os.killpg': lambda: os.killpg(1, signal.SIGKILL),
    'libc.kill': lambda: libc.kill(-1, 9),
}
files = {
    'open': lambda: open(FOLDER + '/secret.txt').read(),
    'os.open': lambda: os.read(os.open(FOLDER + '/secret.txt', os.O_RDONLY), 100),
    'libc.fopen': lambda: libc.fopen((FOLDER + '/secret.txt').encode(), b'r'),
    'write': lambda: wrote('write'),
    'symlink': lambda: os.symlink(FOLDER, '/tmp/out') or open('/tmp/out/secret.txt').read(),
    'up': lambda: open('../' * 40 + FOLDER.lstrip('/') + '/secret.txt').read(),
    '/proc': lambda: open('/proc/self/root' + FOLDER + '/secret.txt').read(),
    '/proc/1': lambda: open('/proc/1/environ').read(),
    '/proc/self/environ': lambda: open('/proc/self/environ').read(),
    '/proc/self/fd': lambda: [os.readlink('/proc/self/fd/%d' % fd) for fd in range(8)],
    'listing': lambda: os.listdir(FOLDER),
    '/etc/passwd': lambda: open('/etc/passwd').read(),
    'dlopen': lambda: ctypes.CDLL(FOLDER + '/secret.txt'),
    'file url': lambda: __import__('urllib.request').request.urlopen('file://' + FOLDER + '/secret.txt').read(),
    'mmap': lambda: __import__('mmap').mmap(os.open(FOLDER + '/secret.txt', os.O_RDONLY), 0),
    'sqlite': lambda: __import__('sqlite3').connect(FOLDER + '/made-by-sqlite').execute('create table t (a)'),
}
variables = {
    'os.environ': lambda: dict(os.environ),
    'getenv': lambda: os.getenv(VARIABLE),
    'environb': lambda: getattr(os, 'environb', None),
    'libc.getenv': lambda: libc.getenv(VARIABLE.encode()),
    'libc.environ': lambda: ctypes.string_at(ctypes.c_void_p.in_dll(libc, 'environ').value, 2000),
    'posix.environ': lambda: posix.environ,
    'memory': lambda: b'CANARY-' + b'TOKEN' in ctypes.string_at(0, 2 ** 24),
    'argv': lambda: (sys.argv, sys.orig_argv, sys.executable),
    'zone': lambda: (__import__('time').tzname, __import__('time').localtime(0).tm_hour),
    'names': lambda: (os.uname(), socket.gethostname(), __import__('platform').node(), __import__('locale').getlocale()),
    'user': lambda: (os.getuid(), os.getlogin()),
    'terminal': lambda: (os.isatty(0), os.ttyname(0), os.get_terminal_size()),
}
inputs = {
    'input': lambda: input(),
    'sys.stdin': lambda: sys.stdin.read(),
    'readline': lambda: sys.__stdin__.readline(),
    'buffer': lambda: sys.stdin.buffer.read(),
    'fd 0': lambda: os.read(0, 100),
    'open(0)': lambda: open(0, closefd=False).read(),
    '/dev/stdin': lambda: open('/dev/stdin').read(),
    '/dev/tty': lambda: open('/dev/tty').read(),
    '/dev/fd/0': lambda: open('/dev/fd/0').read(),
    '/proc/self/fd/0': lambda: open('/proc/self/fd/0').read(),
    'libc.getchar': lambda: libc.getchar(),
    'libc.read': lambda: libc.read(0, ctypes.create_string_buffer(100), 100),
    'getpass': lambda: __import__('getpass').getpass(),
    'fileinput': lambda: list(__import__('fileinput').input('-')),
}
network = {
    'connect': lambda: connected(socket.SOCK_STREAM),
    'datagram': lambda: connected(socket.SOCK_DGRAM),
    'create_connection': lambda: socket.create_connection(loopback, 1),
    'listen': lambda: listened(),
    'socketpair': lambda: socket.socketpair(),
    'lookup': lambda: socket.gethostbyname('localhost.example'),
    'getaddrinfo': lambda: socket.getaddrinfo('example.com', 80),
    'urlopen': lambda: __import__('urllib.request').request.urlopen('http://127.0.0.1:%d/' % PORT, timeout=1).read(),
    'http.client': lambda: __import__('http.client').client.HTTPConnection('127.0.0.1', PORT, 1).request('GET', '/'),
    'ftplib': lambda: __import__('ftplib').FTP().connect('127.0.0.1', PORT, 1),
    'smtplib': lambda: __import__('smtplib').SMTP('127.0.0.1', PORT, timeout=1),
    'xmlrpc': lambda: __import__('xmlrpc.client').client.ServerProxy('http://127.0.0.1:%d/' % PORT).x(),
    'asyncio': lambda: __import__('asyncio').run(__import__('asyncio').open_connection('127.0.0.1', PORT)),
    'libc.connect': lambda: libc.connect(libc.socket(2, 1, 0), bytes([2, 0, PORT >> 8, PORT & 255, 127, 0, 0, 1] + [0] * 8), 16),
}
`;

/** Attempts by JavaScript objects. Text cannot be evaluated, so they are chains of properties and calls. */
const bridge = `
import asyncio
from pyodide.ffi import create_proxy, JsProxy, to_js
js = __import__('js')
pyodide_js = __import__('pyodide_js')
module, api = pyodide_js._module, pyodide_js._api
FS = pyodide_js.FS
url = 'http://127.0.0.1:%d/' % PORT
escape = 'globalThis.process ?? globalThis.Deno ?? globalThis.Bun'

def raised(action):
    try:
        action()
    except Exception as error:
        return error.js_error
    raise LookupError('it did not fail')

def mounted(kind, options):
    os.makedirs('/mnt/' + kind, exist_ok=True)
    FS.mount(getattr(FS.filesystems, kind), to_js(options, dict_converter=js.Object.fromEntries), '/mnt/' + kind)
    return os.listdir('/mnt/' + kind)

def lazy(path):
    return FS.forceLoadFile(FS.createLazyFile('/tmp', 'lazy' + str(len(path)), path, True, True))

async def awaited(name, *args):
    return await getattr(pyodide_js, name)(*args)

# Every kind of function there is, and objects that a host might have made.
functions = {
    'Object': lambda: js.Object,
    'timer': lambda: js.setTimeout,
    'log': lambda: js.console.log,
    'decoder': lambda: js.TextDecoder,
    'decode': lambda: js.TextDecoder.prototype.decode,
    'random': lambda: js.crypto.getRandomValues,
    'now': lambda: js.performance.now,
    'async': lambda: pyodide_js.loadPackage,
    'runPython': lambda: pyodide_js.runPython,
    'generator': lambda: js.Reflect.getPrototypeOf(js.Reflect.getPrototypeOf(js.Array.new().values())).map,
    'FS.write': lambda: FS.write,
    'stdout': lambda: FS.streams[1].stream_ops.write,
    'device': lambda: FS.streams[1].devops.write,
    'stdin': lambda: FS.streams[0].devops.infunc,
    'bound': lambda: js.Function.prototype.bind.call(js.Object.keys, None),
    'wasm': lambda: module.asm._emscripten_get_now if hasattr(module, 'asm') else module._malloc,
    'memory': lambda: module.HEAP8,
    'signals': lambda: js.Object.getOwnPropertyDescriptor(module.Py_EmscriptenSignalBuffer, '0').get,
    'input file': lambda: FS.lookupPath('/kaggle/input').node.contents,
    'decoder error': lambda: raised(lambda: js.TextDecoder.new('no such encoding')),
    'decode error': lambda: raised(lambda: js.TextDecoder.new('utf-8', fatal=True).decode(js.Object.new())),
    'random error': lambda: raised(lambda: js.crypto.getRandomValues(js.Object.new())),
    'size error': lambda: raised(lambda: js.crypto.getRandomValues(js.Uint8Array.new(100000))),
    'encode error': lambda: raised(lambda: js.TextEncoder.new().encodeInto('x', js.Object.new())),
    'timer error': lambda: raised(lambda: js.setTimeout(js.Symbol.iterator, js.Symbol.iterator)),
    'write error': lambda: raised(lambda: FS.streams[1].devops.write(js.Object.new())),
    'promise': lambda: api.lockFilePromise,
}
makers = ('constructor', 'constructor.constructor', '__proto__.constructor', '__proto__.__proto__.constructor')

def made(start, path):
    found = start()
    for name in path.split('.'):
        found = js.Reflect.getPrototypeOf(found) if name == '__proto__' else js.Reflect.get(found, name)
    for make in (found, found.new):
        function = make('return ' + escape)
        raise SystemExit('code was made of text by ' + path + ': ' + str(function()))

names = '''process Deno Bun require module global Buffer fetch WebSocket XMLHttpRequest EventSource Worker SharedWorker
BroadcastChannel MessageChannel MessagePort postMessage onmessage close importScripts queueMicrotask structuredClone navigator
location caches localStorage sessionStorage indexedDB ShadowRealm Request Response Headers Blob File FileReader URL
addEventListener reportError prompt alert open read load readline print quit os std loadPyodide _createPyodideModule
Function.constructor WebAssembly.instantiateStreaming WebAssembly.compileStreaming'''.split()

def named(path):
    found = js
    for name in path.split('.'):
        found = getattr(found, name)
    return found

objects = {
    'eval': lambda: js.eval(escape),
    'eval.call': lambda: js.eval.call(None, escape),
    'Reflect.eval': lambda: js.Reflect.apply(js.eval, None, to_js([escape])),
    'run_js': lambda: __import__('pyodide.code').code.run_js(escape),
    'Function': lambda: js.Function.new('return ' + escape)(),
    'Function()': lambda: js.Function('return ' + escape)(),
    'subclass': lambda: js.Reflect.construct(js.Function, to_js(['return ' + escape])),
    'timer of text': lambda: js.setTimeout(escape, 0),
    'import': lambda: js.eval('import("node:fs")'),
    'realm': lambda: js.ShadowRealm.new().evaluate(escape),
    'process.exit': lambda: js.process.exit(7),
    'fetch': lambda: js.fetch(url),
    'WebSocket': lambda: js.WebSocket.new('ws://127.0.0.1:%d/' % PORT),
    'XMLHttpRequest': lambda: js.XMLHttpRequest.new(),
    'pyfetch': lambda: asyncio.run(__import__('pyodide.http').http.pyfetch(url)),
    'open_url': lambda: __import__('pyodide.http').http.open_url(url),
    'loadPackage': lambda: asyncio.run(awaited('loadPackage', url + 'x-1.0-py3-none-any.whl')),
    'mountNodeFS': lambda: pyodide_js.mountNodeFS('/mnt/node', FOLDER),
    'mountNativeFS': lambda: asyncio.run(awaited('mountNativeFS', '/mnt/native', js.Object.new())),
    'useNodeSockFS': lambda: asyncio.run(awaited('_useNodeSockFS')),
    'NODEFS': lambda: mounted('NODEFS', {'root': FOLDER}),
    'IDBFS': lambda: mounted('IDBFS', {}),
    'WORKERFS': lambda: mounted('WORKERFS', {'root': FOLDER}),
    'lazy file': lambda: lazy('file://' + FOLDER + '/secret.txt'),
    'lazy url': lambda: lazy(url),
    'preloaded': lambda: FS.createPreloadedFile('/tmp', 'pre', url, True, True),
    'websocket option': lambda: setattr(module, 'websocket', to_js({'url': url})) or connected(socket.SOCK_STREAM),
    'prepareStackTrace': lambda: stack(),
    'all objects': lambda: strangers(),
    'library': lambda: library(''),
    'library with JavaScript': lambda: library('made'),
    'console': lambda: js.console.log('CANARY-' + 'CONSOLE'),
    'from js import': lambda: exec('from js import process, require, fetch, Deno, Bun'),
    '_pyodide_core': lambda: __import__('_pyodide_core').run_js(escape),
    'run_sync': lambda: __import__('pyodide.ffi').ffi.run_sync(js.Promise.resolve(escape)),
    'caller': lambda: js.setTimeout.caller,
    'arguments': lambda: js.Reflect.get(pyodide_js.runPython, 'arguments'),
    'callee': lambda: js.Error.captureStackTrace(js.globalThis) or js.globalThis.stack,
    'compiled module': lambda: js.WebAssembly.Module.new(js.Uint8Array.new(to_js([0, 97, 115, 109, 1, 0, 0, 0]))),
    'module scope': lambda: js.Reflect.get(module, 'require') or js.Reflect.get(api, 'config').indexURL,
    'registered': lambda: pyodide_js.registerJsModule('made', js.globalThis) or __import__('made').process,
    'archive': lambda: pyodide_js.unpackArchive(url, 'zip'),
    'standard input': lambda: pyodide_js.setStdin() or input(),
    'globals': lambda: pyodide_js.globals.get('process'),
    'promise': lambda: js.Promise.resolve(1).then(js.eval).constructor.constructor('return ' + escape)(),
    'symbol': lambda: js.Symbol.constructor('return ' + escape)(),
    'bound constructor': lambda: js.Reflect.construct(js.Object.constructor, to_js([escape])),
    'species': lambda: js.Reflect.get(js.Reflect.getPrototypeOf(js.Int8Array), 'constructor')('return ' + escape)(),
    'file name': lambda: FS.createNode(FS.lookupPath('/kaggle/working').node, '../../../..' + FOLDER + '/made-by-name', 0o100666, 0),
}

def library(name):
    """A dynamic library with answer() and, as compilers write it for EM_JS, a function in JavaScript."""
    def section(kind, *parts):
        body = b''.join(parts)
        return bytes([kind]) + size(len(body)) + body
    def size(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + size(n >> 7)
    text = lambda s: size(len(s)) + s.encode()
    data = ('()<::>{ ' + 'return ' + escape + ' }').encode() + b'\\0'
    code = b'\\0asm\\1\\0\\0\\0' + b''.join([
        section(0, text('dylink.0'), b'\\1', size(4 + len(size(len(data))) - 1), size(len(data)), b'\\0\\0\\0'),
        section(1, b'\\1\\x60\\0\\1\\x7f'),
        section(2, b'\\2', text('env'), text('memory'), b'\\2\\0\\1', text('env'), text('__memory_base'), b'\\3\\x7f\\0'),
        section(3, b'\\1\\0'),
        section(6, b'\\1\\x7f\\0\\x41\\0\\x0b'),
        section(7, b'\\2' if name else b'\\1', text('answer'), b'\\0\\0', *([text('__em_js__' + name), b'\\3\\1'] if name else [])),
        section(10, b'\\1\\4\\0\\x41\\x2a\\x0b'),
        section(11, b'\\1\\0\\x23\\0\\x0b', size(len(data)), data),
    ])
    with open('/tmp/library%s.so' % name, 'wb') as file:
        file.write(code)
    return ctypes.CDLL('/tmp/library%s.so' % name).answer()

def stack():
    """The functions on the stack, as V8 would hand them out: those of the host are beneath those of the realm."""
    found = []
    js.Error.prepareStackTrace = create_proxy(lambda error, sites: found.extend(
        part for site in sites for part in (site.getFunction(), site.getThis())))
    js.Error.new('x').stack
    del js.Error.prepareStackTrace
    for part in found:
        if isinstance(part, JsProxy):
            attempt('a function on the stack', lambda: made(lambda: part, 'constructor'))

def strangers():
    """Walks all objects within reach; those whose prototypes do not end in the Object of the realm are of the host."""
    reflect, top, walked = js.Reflect, js.Object.prototype, 0
    seen, waiting = js.WeakSet.new(), [js.globalThis, module, api, pyodide_js]
    def within(read):
        try:
            part = read()
        except Exception:
            return None
        if isinstance(part, JsProxy) and part.typeof in ('object', 'function'):
            waiting.append(part)
            return part
    while waiting:
        found = waiting.pop()
        if seen.has(found):
            continue
        seen.add(found)
        walked += 1
        within(lambda: reflect.getPrototypeOf(found))
        if reflect.has(found, 'hasOwnProperty') and found.js_id != top.js_id and not top.isPrototypeOf(found):
            raise SystemExit('an object of the host is within reach: ' + str(found))
        if js.ArrayBuffer.isView(found):
            continue
        for key in reflect.ownKeys(found):
            # Thousands of functions of the interpreter itself, and a value that pyodide crashes on.
            if isinstance(key, str) and (key.startswith('_') or key in ('wasmTableMirror', 'novalue')):
                continue
            part = reflect.getOwnPropertyDescriptor(found, key)
            for name in ('value',) if reflect.has(part, 'value') else ('get', 'set'):
                within(lambda: getattr(part, name))
    return walked
`;

const driver = `
def attempt(name, action):
    try:
        print(name, '->', repr(action())[:200])
    except SystemExit as error:
        print(name, 'ESCAPED', error)
    except BaseException as error:
        print(name, '!!', type(error).__name__, str(error).split('\\n')[-1][:100])

for group in (commands, files, variables, inputs, network, objects):
    for name, action in group.items():
        attempt(name, action)
for name in names:
    attempt('js.' + name, lambda: named(name))
for name, start in functions.items():
    for path in makers:
        attempt(name + '.' + path, lambda: made(start, path))
print('all tried')
`;

/** The text of the kernel. */
export function attempts({ folder, port, variable }: Canaries): string {
  const known = `FOLDER, PORT, VARIABLE = ${JSON.stringify(folder)}, ${port}, ${JSON.stringify(variable)}\n`;
  return known + python + bridge + driver;
}
