/** Python for interpreters that start from a snapshot of another one. */

/** Runs last before the snapshot: pyodide adds the folder again when it starts from the snapshot. */
export const beforeSnapshot = `
sys.path.remove('')
`;

/** Runs first after the start: what differs between two starts of Python, apart from the seed of hashes. */
export const resume = `
def _resume():
    import sys, time
    if 'random' in sys.modules:
        sys.modules['random'].seed()
    if 'logging' in sys.modules:
        sys.modules['logging']._startTime = time.time_ns()

_resume()
del _resume
`;
