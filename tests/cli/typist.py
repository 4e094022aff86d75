"""A person at a terminal: `typist.py TYPED COMMAND...` types TYPED (escaped) when asked, and ends as COMMAND ends.

It types once, or with TYPIST_ASKED in the environment wherever that is shown. With TYPIST_WHEN it types
once the file of that name appears, whatever is shown. A process of its own, because a terminal
belongs to a session, and who makes one must not have threads.

It types when the command waits for input, which is later than when the question can be read: a Ctrl-C between the two
may come after Python last looked for signals and before it reads, and then the read goes on.
"""

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

ASKED = os.environ.get("TYPIST_ASKED", "Only 'yes' is a yes").encode()
IS_ONCE = "TYPIST_ASKED" not in os.environ
WHEN = os.environ.get("TYPIST_WHEN")
PATIENCE = 600.0


def main() -> int:
    """Run it; what the terminal shows goes to standard output."""
    typed = sys.argv[1].encode().decode("unicode_escape").encode()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    shown, deadline = b"", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            if typed and (Path(WHEN).exists() if WHEN else ASKED in shown and _is_waiting(child)):
                os.write(terminal, typed)
                typed, shown = (b"" if IS_ONCE else typed), b""
            continue
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # the terminal is gone with the process
            break
        if not piece:
            break
        sys.stdout.buffer.write(piece)
        shown += piece
    else:
        os.kill(child, signal.SIGKILL)
        print(f"typist: the command did not end in {PATIENCE:.0f} s, and was killed")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _is_waiting(process: int) -> bool:
    """Return whether a process that has asked its question sleeps: then it reads. Where this cannot be seen: yes."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("ascii")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "S"


sys.exit(main())
