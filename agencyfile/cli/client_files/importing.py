"""The steps of a client import: the files of a plan, its document, and what the agency file must include."""

import os

import click

from agencyfile.cli.client_files.known import KnownClients
from agencyfile.cli.client_files.layout import ClientLayout
from agencyfile.cli.client_files.writing import Planned, planned_files
from agencyfile.cli.client_records import (
    ClientDifference,
    ClientImportDocument,
    ClientImportSummary,
    ClientInBoth,
    ClientProblem,
    InvalidClient,
    NewClient,
)
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import Workspace
from agencyfile.clients.comparison import Comparison


def planned(workspace: Workspace, plan: Comparison, known: KnownClients, profile: str | None) -> Planned:
    """Return the files of the plan."""
    return planned_files(plan, known, ClientLayout(workspace.path, workspace.sources), profile)


def document_of(
    agency: str, plan: Comparison, files: Planned, by_hand: tuple[str, ...], *, dry_run: bool
) -> ClientImportDocument:
    """Return the plan as a document."""
    in_the_way = [str(one.path) for one in files.new if one.text is None]
    return ClientImportDocument(
        agency=agency,
        source=plan.source,
        dry_run=dry_run,
        summary=ClientImportSummary(
            new=len(plan.new),
            only_here=len(plan.only_here),
            both=len(plan.both),
            same=sum(not one.differences for one in plan.both),
            changed=sum(bool(one.taken) for one in plan.both),
            unchanged=sum(not one.taken for one in plan.both),
            invalid=len(plan.invalid),
        ),
        new=[
            NewClient(
                name=one.name,
                place=one.found.place,
                words=dict(one.found.words),
                file=str(file.path),
                has_account=file.has_account,
            )
            for one, file in zip(plan.new, files.new, strict=True)
        ],
        only_here=list(plan.only_here),
        both=[
            ClientInBoth(
                name=one.name,
                place=one.found.place,
                differences=[
                    ClientDifference(field=each.field, here=each.here, there=each.there, taken=each.is_taken)
                    for each in one.differences
                ],
            )
            for one in plan.both
        ],
        invalid=[
            InvalidClient(
                place=one.place,
                problems=[ClientProblem(place=each.place, reason=each.reason) for each in one.problems],
            )
            for one in plan.invalid
        ],
        remarks=[*plan.remarks, *(f"{name} gets no account: {reason}" for name, reason in files.without_account)],
        by_hand=list(by_hand),
        in_the_way=in_the_way,
    )


def check_number(workspace: Workspace, files: Planned) -> None:
    """Refuse to write more files than an agency file can include.

    Raises:
        CommandExit: there would be more.
    """
    from agencyfile.language.matching import MOST_FILES  # noqa: PLC0415 - only an import asks

    included_files = len(workspace.sources) - 1  # all but the root
    count = included_files + sum(one.text is not None for one in files.new)
    if count > MOST_FILES:
        raise CommandExit(
            ExitCode.ERROR,
            f"the import would make {count:,} files, and an agency file includes {MOST_FILES:,}; nothing is written",
            fix="import a part: split the workbook",
        )


def included(workspace: Workspace, files: Planned) -> None:
    """Say what to add where the agency file does not include the new files."""
    from agencyfile.language.matching import Walk  # noqa: PLC0415 - only an import asks

    written = [one for one in files.new if one.text is not None]
    if not written:
        return
    root = workspace.path.parent
    patterns = include_patterns(workspace)
    matched = {os.path.realpath(root / name) for pattern in patterns for name in Walk().match(pattern, root)}
    if any(os.path.realpath(one.path) not in matched for one in written):
        pattern = f"{written[0].path.parent.name}/*.yaml"
        click.echo(
            f"\n{one_line(str(workspace.path))} does not include these files yet. Add to its patterns:\n\n"
            f"  include: [{pattern}]",
            err=True,
        )


def include_patterns(workspace: Workspace) -> list[str]:
    """Return the patterns of `include`; the file is valid."""
    from agencyfile.language.files import read_files  # noqa: PLC0415 - only an import asks
    from agencyfile.language.rules import make_report  # noqa: PLC0415 - same
    from agencyfile.language.source import Reader  # noqa: PLC0415 - same

    root = read_files(workspace.path, Reader(make_report({}))).root
    return [str(pattern) for pattern in (root.block.get("include", ()) if root else ())]
