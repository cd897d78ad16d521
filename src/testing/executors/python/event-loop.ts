/**
 * Python for the interpreter in WebAssembly: a sleep that can be interrupted and takes no processor time, and an event
 * loop in which `asyncio.run` runs to completion. Pyodide's own event loop relies on that of JavaScript, which does not
 * run while a kernel does.
 */
export const eventLoop = `
import asyncio, time, warnings

def _sleep(seconds):
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        _pause(min(left, 0.02) * 1000)

time.sleep = _sleep

class _Clock:
    """Stands for a selector: without sockets and threads there is nothing to wait for but time, and signals."""
    woken = False
    def select(self, timeout):
        if timeout is None:
            raise RuntimeError('deadlock: the event loop waits for an event that cannot happen, as the emulator has no sockets and no threads')
        end = time.monotonic() + timeout
        while not self.woken and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))
        self.woken = False
        return []

class _Loop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Clock()
    def _process_events(self, events):
        pass
    def _write_to_self(self):
        self._selector.woken = True
    def run_in_executor(self, executor, function, *args):
        future = self.create_future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future
    async def sock_connect(self, sock, address):
        sock.connect(address)

class _Policy(asyncio.events._BaseDefaultEventLoopPolicy if hasattr(asyncio.events, '_BaseDefaultEventLoopPolicy')
              else asyncio.events.BaseDefaultEventLoopPolicy):
    _loop_factory = _Loop
    def get_event_loop(self):
        try:
            return super().get_event_loop()
        except RuntimeError:
            self.set_event_loop(self.new_event_loop())
            return super().get_event_loop()

asyncio._set_running_loop(None)
asyncio.run = asyncio.runners.run
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
    asyncio.set_event_loop_policy(_Policy())
`;
