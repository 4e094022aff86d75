"""Completion of addresses and steps in a shell, from the agency file alone.

It sends nothing, writes nothing, and says nothing: whatever is wrong with the file, there is just less to choose from.
Values of blocks are not validated, so that a file that is being edited completes too, and so that it is quick.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE: Final = "_AGENCYFILE_COMPLETE"
_MOST: Final = 2000  # choices; a shell asks before it shows a few hundred


class _Completed(click.ParamType[str]):
    """A text that a shell completes; what is typed is taken as it is."""

    def __init__(self, name: str, choices: Callable[[Sequence[str]], Iterator[str]]) -> None:
        self.name = name
        self._choices = choices

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem]":
        """Return what begins like `incomplete`."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a completion pays for it

        found = (choice for choice in self._choices(_declared(ctx)) if choice.startswith(incomplete))
        return [CompletionItem(choice) for choice in sorted(dict.fromkeys(found))[:_MOST]]


def _addresses(declared: Sequence[str]) -> Iterator[str]:
    yield from declared


def _names(declared: Sequence[str]) -> Iterator[str]:
    from agencyfile.kinds.registry import HOSTED  # noqa: PLC0415 - only a completion pays for it

    parts = [address.partition(".") for address in declared]
    yield from (name for kind, _, name in parts if kind in HOSTED)


def _steps(declared: Sequence[str]) -> Iterator[str]:
    from agencyfile.kinds.registry import DECLARED  # noqa: PLC0415 - only a completion pays for it

    for address in declared:
        yield address
        yield from (f"{address}.{topic}" for topic in DECLARED[address.partition(".")[0]].topics)


ADDRESS: Final = _Completed("text", _addresses)
ACCOUNT_NAME: Final = _Completed("text", _names)
STEP: Final = _Completed("text", _steps)


def is_completing() -> bool:
    """Return whether a shell asks this process for completions."""
    return VARIABLE in os.environ


def _declared(context: click.Context) -> list[str]:
    try:
        return [*_blocks(Path(_file(context)))]
    except Exception:  # noqa: BLE001 - a shell that completes must see no failure
        return []


def _file(context: click.Context) -> Any:
    return context.params.get("path") or os.environ.get("AGENCYFILE_FILE") or "agency.yaml"


def _blocks(path: Path) -> Iterator[str]:
    from agencyfile.declarations.nodes import Block  # noqa: PLC0415 - only a completion pays for it
    from agencyfile.kinds.registry import SECTIONS  # noqa: PLC0415
    from agencyfile.language.files import read_files  # noqa: PLC0415
    from agencyfile.language.rules import make_report  # noqa: PLC0415
    from agencyfile.language.source import Reader  # noqa: PLC0415

    files = read_files(path, Reader(make_report({})))
    for part in files.parts:
        for section, kind in SECTIONS.items():
            block = part.get(section)
            if isinstance(block, Block):
                yield from (f"{kind.name}.{name}" for name in block if _is_plain(name))


def _is_plain(name: object) -> bool:
    """Return whether a name can stand in a shell's line as it is: anything else could steer the terminal."""
    return (
        isinstance(name, str) and name.isascii() and name.isprintable() and not set(name) & set(" \"'`$\\;|&<>()*?[]")
    )


def silence() -> None:
    """Send what libraries might say to nowhere: a shell would print it into the line that is being typed."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
