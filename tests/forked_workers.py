"""The process behind the workers of a run of tests: it has imported every test, and forks one child for each worker.

A worker that starts as a new interpreter imports all of that again, which takes five seconds of a core. `forked` says
what the first two arguments are; the others are those of the run.
"""

import atexit
import contextlib
import io
import sys
import threading

import pytest
from forked import serve

_COLLECT = ("--collect-only", "-qq", "--numprocesses=0", "-p", "no:cacheprovider")


def _collect() -> None:
    """Import all tests, with their asserts rewritten. What is wrong with them each worker finds, and tells, again."""
    silent = io.StringIO()
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
        pytest.main([*sys.argv[3:], *_COLLECT])
    assert threading.active_count() == 1, "a process with threads cannot be forked"


def _work() -> None:
    """Run the program that came as the last argument, and then whatever it has registered for its end."""
    try:
        exec(sys.argv[-1], {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()


if __name__ == "__main__":
    serve(_collect, _work)
