"""`agencyfile test`: the expectations beside the agency file, held against plans that are made offline."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.output import write_whole

if TYPE_CHECKING:
    from agencyfile.cli.expectations.reading import Suite
    from agencyfile.cli.expectations.records import TestDocument


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False), metavar="[FILES]...")
@agency_file
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write the results as JUnit XML too.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@no_color
def command(*, files: tuple[Path, ...], path: Path, junit: Path | None, as_json: bool, no_color: bool) -> int:
    """Test the agency file against expectations; no key is used, and nothing but this machine is asked.

    FILES hold cases: given this portal and this file, expect these changes, this money, these refusals. Without FILES,
    they are expectations.yaml and expectations/*.yaml beside the agency file. Each case plans beside a local portal
    that holds what the case says. Exits with 1 when a case differs.
    """
    from agencyfile.cli.expectations.reading import files_beside, read_cases  # noqa: PLC0415 - heavy

    found = list(files) or files_beside(path)
    if not found:
        raise CommandExit(
            ExitCode.ERROR,
            f"there are no expectations beside {path}",
            fix=f"write {path.parent / 'expectations.yaml'}, as docs/how-to/test.md shows, or name a file",
        )
    suite = read_cases(found, path)
    document = _run(path, suite, as_json=as_json, no_color=no_color)
    if junit:
        from agencyfile.cli.expectations.junit import junit_text  # noqa: PLC0415 - only who asks pays for it

        write_whole(junit, junit_text(document))
    if as_json:
        json_document(document)
    else:
        print_diagnostics(suite.diagnostics, suite.sources, color=not no_color)
    return ExitCode.DONE if document["passed"] else ExitCode.ERROR


def _run(path: Path, suite: "Suite", *, as_json: bool, no_color: bool) -> "TestDocument":
    """Run every case, and show each as it ends; run none where a file has a mistake."""
    from agencyfile.cli.expectations import text  # noqa: PLC0415 - heavy
    from agencyfile.cli.expectations.running import Result, document_of, results  # noqa: PLC0415 - same
    from agencyfile.cli.expectations.stage import stage  # noqa: PLC0415 - same

    done: list[Result] = []
    color = False if no_color else None
    if not suite.has_errors:
        with stage() as portal:
            for result in results(suite.cases, portal):
                done.append(result)
                if not as_json:
                    shown = document_of(path, suite, [result])["cases"][0]
                    click.echo(text.render_case(shown), nl=False, color=color)
    document = document_of(path, suite, done)
    if not (as_json or suite.has_errors):
        click.echo(text.render_summary(document), nl=False, color=color)
    return document
