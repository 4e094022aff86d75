"""A person at a terminal: `typist.py TYPED COMMAND...` types TYPED (escaped) when asked, and ends as COMMAND ends.

A process of its own, because a terminal belongs to a session, and who makes one must not have threads.
"""

import os
import pty
import select
import signal
import sys
import time

ASKED = b"Only 'yes' is a yes"
PATIENCE = 60.0


def main() -> int:
    """Run it; what the terminal shows goes to standard output."""
    typed = sys.argv[1].encode().decode("unicode_escape").encode()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    shown, deadline = b"", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # the terminal is gone with the process
            break
        if not piece:
            break
        sys.stdout.buffer.write(piece)
        shown += piece
        if typed and ASKED in shown:
            time.sleep(0.2)  # until it reads
            os.write(terminal, typed)
            typed = b""
    else:
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main())
