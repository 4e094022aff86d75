"""`agencyfile fmt`: format agency files; there is one layout and no option."""

import difflib
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.console import exact
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.render.safe import printable
from agencyfile.files import rewrite_file

if TYPE_CHECKING:
    from agencyfile.language.layout.files import Draft, Drafts

_STREAM = Path("-")


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@agency_file
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@no_color
def command(files: Sequence[Path], path: Path, check: bool, diff: bool, no_color: bool) -> int:  # noqa: FBT001
    """Format the agency file and its includes, or FILES; - is standard input.

    Comments, order and values stay as they are. Prints the names of changed files.
    """
    if _STREAM in files and len(files) > 1:
        raise click.UsageError("- stands alone: standard input is one file")
    drafts = _drafts(files, path)
    if drafts.diagnostics:
        print_diagnostics(drafts.diagnostics, drafts.sources, color=not no_color)
        return ExitCode.ERROR
    changed = [draft for draft in drafts.files if not draft.is_laid_out]
    if diff:
        _print_diff(changed)
    elif check:
        _print_names(changed)
    elif _STREAM in files:
        exact(drafts.files[0].result.encode())
    else:
        _write(changed)
    if check or _STREAM not in files:
        _print_count(len(changed), len(drafts.files), is_written=not (check or diff))
    return ExitCode.ERROR if check and changed else ExitCode.DONE


def _drafts(files: Sequence[Path], path: Path) -> "Drafts":
    from agencyfile.language.layout import LayoutError  # noqa: PLC0415 - heavy
    from agencyfile.language.layout.files import agency_drafts, file_drafts, stream_drafts  # noqa: PLC0415 - same

    try:
        if _STREAM in files:
            return stream_drafts(sys.stdin.buffer)
        return file_drafts(files) if files else agency_drafts(path)
    except LayoutError as error:
        fix = "nothing was written. If `agencyfile validate` takes the file this is a bug: report it, with that file"
        raise CommandExit(ExitCode.ERROR, str(error), fix=fix) from None


def _print_diff(drafts: Sequence["Draft"]) -> None:
    """Return the changes as a patch; secrets in a file are masked."""
    from agencyfile.language.redaction import redacted  # noqa: PLC0415 - heavy

    for draft in drafts:
        before, after = (StringIO(redacted(text), newline="\n").readlines() for text in (draft.text, draft.result))
        for line in difflib.unified_diff(before, after, draft.name, draft.name):
            click.echo(printable(line), nl=False)
            if not line.endswith("\n"):
                click.echo("\n\\ No newline at end of file")


def _print_names(drafts: Sequence["Draft"]) -> None:
    for draft in drafts:
        click.echo(printable(draft.name))


def _print_count(changed: int, count: int, *, is_written: bool) -> None:
    files = f"{count} file{'' if count == 1 else 's'}"
    verb = "laid out" if is_written else "would change"
    click.echo(f"{files}, {changed} {verb}" if changed else f"{files}, nothing to change", err=True)


def _write(drafts: Sequence["Draft"]) -> None:
    for draft in drafts:
        try:
            rewrite_file(Path(draft.name).resolve(), draft.result)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CommandExit(ExitCode.ERROR, f"{draft.name} cannot be written: {reason}") from None
        click.echo(printable(draft.name))
