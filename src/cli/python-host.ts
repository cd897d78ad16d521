/**
 * The Python that runs on the host before a kernel: paths that begin with /kaggle (and for who is not root those below
 * /root, a kernel's home) lead to the folder of the run, for everything that opens files through Python. Code in C that opens files by
 * itself (a database, some readers) does not see them.
 */
export const redirectPaths = `
import builtins, io, os, sys

def _kaggle_ts_redirect(base):
    places = ('/kaggle',) if getattr(os, 'geteuid', lambda: 0)() == 0 else ('/kaggle', '/root')

    def real(path):
        if isinstance(path, int):
            return path
        try:
            text = os.fspath(path)
        except TypeError:
            return path
        plain = os.fsdecode(text)
        for place in places:
            if plain == place or plain.startswith(place + '/'):
                mapped = base + plain
                return os.fsencode(mapped) if isinstance(text, bytes) else mapped
        return path

    def redirect(name, count=1):
        function = getattr(os, name, None)
        if function is None:
            return
        def call(*args, **named):
            return function(*[real(arg) for arg in args[:count]], *args[count:], **named)
        call.__name__ = name
        setattr(os, name, call)

    for name in ('open', 'stat', 'lstat', 'listdir', 'scandir', 'mkdir', 'rmdir', 'remove', 'unlink', 'access', 'chdir',
                 'readlink', 'utime', 'chmod', 'truncate', 'statvfs'):
        redirect(name)
    for name in ('rename', 'replace', 'link', 'symlink'):
        redirect(name, 2)
    here = os.getcwd
    def getcwd():
        path = here()
        return path[len(base):] if path.startswith(base + '/') else path
    os.getcwd = getcwd
    opened = io.open
    def open_file(file, *args, **named):
        return opened(real(file), *args, **named)
    builtins.open = io.open = open_file

_kaggle_ts_redirect(os.environ.pop('KAGGLE_TS_HOST'))
`;
