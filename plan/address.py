"""Names: the address of a resource, and the place in a file that a value comes from."""

from typing import NamedTuple


class Address(NamedTuple):
    """`kind.name`: unique within an agency, in the file, the plan, the ledger and every message."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read `kind.name` back.

        Raises:
            ValueError: `text` has no kind or no name.
        """
        kind, dot, name = text.partition(".")
        if not (kind and dot and name):
            raise ValueError(f"{text!r} is not an address: expected KIND.NAME")
        return cls(kind, name)


class Origin(NamedTuple):
    """The place of a value: the file as the user named it, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
