"""The lifeline of a fleet's child: a pipe that ends with the fleet, also where the fleet is killed."""

import fcntl
import os
import signal
import threading

from plan.child_environment import LIFELINE_VARIABLE


def hold() -> None:
    """Stop this process as SIGTERM does once the fleet that started it is gone. Nobody would read its report.

    An apply lets the call under way be answered, and records it.
    """
    if os.environ.pop(LIFELINE_VARIABLE, None) is None:  # what this process starts has no part in it
        return
    line = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 3)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_watch, args=(line,), name="lifeline", daemon=True).start()


def _watch(line: int) -> None:
    while os.read(line, 1):  # nobody writes; it returns when the other end is closed
        pass
    # SIGTERM: a fleet that a script has started in the background hands down an ignored SIGINT
    os.kill(os.getpid(), signal.SIGTERM)
