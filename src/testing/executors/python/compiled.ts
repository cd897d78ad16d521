/**
 * Python that writes the standard library to a folder again, with compiled code for the modules that are loaded by now.
 * Pyodide's archive contains only sources, and compiling them takes four fifths of the start of an interpreter.
 */
export const compiledFolder = '/tmp/compiled-library';

export const compileLibrary: string = `
def _compile_library():
    import importlib.util, marshal, os, sys, zipfile
    [library] = [path for path in sys.path if path.endswith('.zip')]
    loaded = {getattr(module, '__file__', None) for module in sys.modules.values()}
    # An unchecked hash: source and code are in the same archive, so nothing needs to be compared.
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, 'little')
    os.mkdir('${compiledFolder}')
    with zipfile.ZipFile(library) as sources, zipfile.ZipFile('${compiledFolder}/library.zip', 'w') as target:
        for name in sources.namelist():
            source, path = sources.read(name), library + '/' + name
            target.writestr(name, source)
            if path in loaded:
                code = marshal.dumps(compile(source, path, 'exec', dont_inherit=True))
                target.writestr(name + 'c', header + importlib.util.source_hash(source) + code)

_compile_library()
del _compile_library
`;
