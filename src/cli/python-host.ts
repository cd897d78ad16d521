/**
 * The Python that runs on the host before a kernel: paths that begin with /kaggle (and root's home, which a user may not
 * have) lead to the folder of the run, for everything that opens files through Python. Code in C that opens files by
 * itself (a database, some readers) does not see them.
 */
export const redirectPaths = `
import builtins, io, os, sys

def _kaggle_ts_redirect(base):
    def real(path):
        if isinstance(path, int):
            return path
        try:
            text = os.fspath(path)
        except TypeError:
            return path
        plain = os.fsdecode(text)
        for place in ('/kaggle', '/root'):
            if plain == place or plain.startswith(place + '/'):
                mapped = base + plain
                return os.fsencode(mapped) if isinstance(text, bytes) else mapped
        return path

    def redirect(module, name, count=1):
        function = getattr(module, name, None)
        if function is None:
            return
        def call(*args, **named):
            return function(*[real(arg) for arg in args[:count]], *args[count:], **named)
        call.__name__ = name
        setattr(module, name, call)

    for name in ('open', 'stat', 'lstat', 'listdir', 'scandir', 'mkdir', 'rmdir', 'remove', 'unlink', 'access', 'chdir',
                 'readlink', 'utime', 'chmod', 'truncate', 'statvfs'):
        redirect(os, name)
    for name in ('rename', 'replace', 'link', 'symlink'):
        redirect(os, name, 2)
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
