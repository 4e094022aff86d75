"""Files of new clients: one for each, with its account where one is wanted."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from agencyfile.cli.client_files.editing import scalar_text
from agencyfile.cli.importing.layout import CLIENTS
from agencyfile.cli.importing.text import SCHEMA
from agencyfile.clients.comparison import New

_ORDER: Final = ("name", "email", "language", "country", "timezone", "phone", "enterprise_number")


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file to be. `has_account`: it declares an account too. `text` is None where something else is in the way."""

    path: Path
    client: str
    has_account: bool
    text: str | None


class ClientLayout:
    """The files of new clients, below `clients/` of the agency file's folder.

    A file that the agency file includes says something else, so the next free name is taken. One that nobody includes
    is somebody's own, and stays as it is.
    """

    def __init__(self, root: Path, included: Collection[str]) -> None:
        self._folder = root.parent / CLIENTS
        self._schema = os.path.relpath(root.parent / SCHEMA, self._folder)
        self._included = {os.path.realpath(path) for path in included}
        self._taken: set[Path] = set()

    def file(self, new: New, source: str, profile: str | None) -> NewFile:
        """Return the file of one client; `profile` is that of its account, None for no account."""
        text = "\n".join(self._lines(new, source, profile)) + "\n"
        for number in count(1):
            path = self._folder / (f"{new.name}.yaml" if number == 1 else f"{new.name}-{number}.yaml")
            if path in self._taken or os.path.realpath(path) in self._included:
                continue
            self._taken.add(path)
            return NewFile(path, new.name, profile is not None, None if _is_other(path, text) else text)
        raise AssertionError("numbers do not end")

    def _lines(self, new: New, source: str, profile: str | None) -> Iterator[str]:
        yield f"# yaml-language-server: $schema={self._schema}"
        yield "clients:"
        yield f"  {scalar_text(new.name)}:"
        for word in _ORDER:
            if word in new.found.words:
                yield f"    {word}: {scalar_text(new.found.words[word], in_flow=False)}"
        if new.found.key is not None:
            yield f"    source: {{{source}: {scalar_text(new.found.key)}}}"
        if profile is not None:
            yield ""
            yield "accounts:"
            yield f"  {scalar_text(new.name)}: {{client: {scalar_text(new.name)}, profile: {scalar_text(profile)}}}"


def _is_other(path: Path, text: str) -> bool:
    """Return whether something stands there that is not this very text."""
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return path.is_symlink()
    except OSError:
        return True
