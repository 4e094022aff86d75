"""Faults of one request.

Fault
├── NotSent     no byte of it has left this machine
├── Unclear     it may or may not have been carried out
│   └── Capped  the answer went beyond a limit of ours
└── Declined    the portal said no: nothing has happened
"""


class Fault(Exception):
    """One request without a clear confirmation. `fix` says in one line what to do. The text holds no key."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class NotSent(Fault):
    """No byte of the request has left this machine."""


class Unclear(Fault):
    """The request may or may not have been carried out."""


class Capped(Unclear):
    """The answer was too long, too slow, or one of too many; asking again would bring the same."""


class Declined(Fault):
    """The portal said no."""
