import { callStart } from '../log/marker.ts';

/** Names of the files next to the user's. */
export const driverName = '__kaggle_call__.py';
export const inputName = '__kaggle_input__.bin';

/** Name of the output file with the result. */
export const resultName = 'kaggle-ts-result.bin';

/** Maximum size in bytes of a result in the log. */
const maxInLog = 16_384;

/**
 * The entry of the kernel: imports the file of the user as a module, calls the function, and writes its result, or its exception, to a
 * file. A small result is also printed, marked by a number that nothing but this script knows. Needs only the standard library.
 */
export const driver: string = `# Calls the function and returns its result to kaggle-ts.
import sys


def _kaggle_ts_call():
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    paths = sys.path[:]
    # A file of the user, such as random.py, must not replace a module that is needed here.
    sys.path[:] = [path for path in paths if path != here]
    import base64, importlib.util, json, traceback

    sys.path[:] = paths
    target = os.path.abspath("${resultName}")
    stdout, stderr = sys.stdout, sys.stderr
    nonce = os.urandom(16).hex()
    print("${callStart}" + nonce + "##", file=stdout, flush=True)

    with open(os.path.join(here, "${inputName}"), "rb") as file:
        head, _, data = file.read().partition(b"\\n")
    call = json.loads(head)
    name, entry = call["file"], call["entry"]
    root = here
    for _ in name.split("/")[1:]:
        root = os.path.dirname(root)

    def place(path):
        parts = ["[%d]" % key if isinstance(key, int) else "." + key for key in path]
        return "".join(["result", *parts])

    def refuse(path, value, hint):
        kind = type(value)
        known = kind.__name__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__name__
        raise TypeError("cannot send %s, of type %s: %s" % (place(path), known, hint))

    blobs, specials = [], []

    def encode(value, path):
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            if abs(value) > 2**53 - 1:
                what = (place(path), value.bit_length())
                raise ValueError("cannot send %s: an integer of %d bits is not exact in JavaScript; return str(value)" % what)
            return int(value)
        if isinstance(value, float):
            if value - value == 0:
                return float(value)
            specials.append([path, "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"])
            return None
        if isinstance(value, (bytes, bytearray, memoryview)):
            blobs.append((path, bytes(value)))
            return None
        if isinstance(value, dict):
            found = {}
            for key, item in value.items():
                name = key.tolist() if hasattr(key, "tolist") else key
                name = str(int(name)) if isinstance(name, int) and not isinstance(name, bool) else name
                if not isinstance(name, str) or name in found:
                    refuse(path, value, "expected distinct strings as keys, got %.60r" % (key,))
                found[name] = encode(item, path + (name,))
            return found
        if isinstance(value, (list, tuple)):
            return [encode(item, path + (index,)) for index, item in enumerate(value)]
        # Arrays, scalars and tensors of numpy, torch and others.
        if hasattr(value, "tolist") and hasattr(value, "dtype"):
            plain = value.tolist()
            if type(plain) is not type(value):
                return encode(plain, path)
        refuse(path, value, "return JSON (str, int, float, bool, None, list, dict), bytes, or an array")

    def send(kind, value):
        answer = {"entry": entry, "nonce": nonce, kind: value}
        if specials:
            answer["special"] = specials
        if blobs:
            answer["bytes"] = [[path, len(data)] for path, data in blobs]
        text = json.dumps(answer, allow_nan=False, separators=(",", ":")).encode()
        content = b"".join([text, b"\\n", *(data for _, data in blobs)])
        printed = len(content) <= ${maxInLog}
        if printed:
            try:
                parts = ("##kaggle-ts", nonce, str(len(content)), base64.b64encode(content).decode() + "##")
                print(*parts, file=stdout, flush=True)
            except (OSError, ValueError):
                # The function has closed stdout.
                printed = False
        try:
            with open(target, "wb") as file:
                file.write(content)
        except OSError:
            if not printed:
                raise

    def describe(error):
        whole = traceback.TracebackException.from_exception(error)
        stack = whole.stack
        own = [part.filename.startswith(root + os.sep) and part.filename != __file__ for part in stack]
        del stack[: own.index(True) if True in own else len(own)]
        bare = not stack and error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
        text = "".join(whole.format_exception_only() if bare else whole.format())
        try:
            message = str(error)
        except Exception:
            message = ""
        return {"type": type(error).__name__, "message": message, "traceback": text.replace(root + os.sep, "")}

    def load():
        path = os.path.join(here, name.split("/")[-1])
        module_name = os.path.splitext(os.path.basename(path))[0]
        if module_name in sys.modules:
            module_name = "kaggle_" + module_name
        spec = importlib.util.spec_from_file_location(module_name, path)
        module = sys.modules[module_name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        function = getattr(module, entry, None)
        if callable(function):
            return function
        known = [key for key, item in vars(module).items() if getattr(item, "__module__", None) == module_name]
        found = "no" if function is None else "a value, not a"
        raise AttributeError("%s has %s function %s; it has: %s" % (name, found, entry, ", ".join(known) or "none"))

    def decode():
        value = call["value"]
        at = 0
        replaced = [(path, float(text)) for path, text in call["special"]]
        for path, size in call["bytes"]:
            replaced.append((path, data[at : at + size]))
            at += size
        for path, item in replaced:
            if not path:
                return item
            parent = value
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = item
        return value

    try:
        arguments = [decode()] if "value" in call else []
        value = load()(*arguments)
        if hasattr(value, "__await__"):
            import asyncio

            async def wait():
                return await value

            value = asyncio.run(wait())
        try:
            encoded = encode(value, ())
        except RecursionError:
            raise ValueError("cannot send result: it is nested too deeply, or contains itself") from None
        send("value", encoded)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        blobs.clear()
        specials.clear()
        found = describe(error)
        try:
            print(found["traceback"], end="", file=stderr, flush=True)
        except (OSError, ValueError):
            pass
        send("error", found)
        sys.exit(1)


# A child process of multiprocessing may import this file.
if __name__ == "__main__":
    _kaggle_ts_call()
`;
