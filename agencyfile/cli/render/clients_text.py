"""The plan of a client import, and the clients of a file, as text for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from agencyfile.cli.client_records import ClientImportDocument, ClientInBoth, ClientListing
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.folding import Line, painted, span
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table

_MOST: Final = 50  # entries of a group that are shown; --json has all


def render_client_import(document: ClientImportDocument, *, width: int | None) -> str:
    """Render the four groups, then remarks and what is left to do."""
    parts = (_new(document), _both(document), _only_here(document), _invalid(document), _rest(document), _sum(document))
    lines = (Line([span(one_line(text))], 4) for part in parts for text in part)
    return "".join(f"{row}\n" for line in lines for row in painted(line, width))


def render_clients(clients: Sequence[ClientListing], *, width: int | None) -> str:
    """One line for each client."""
    return render_table(
        [
            Column("NAME", [one_line(client["name"]) for client in clients]),
            Column("CLIENT", [one_line(client["words"].get("name", "")) for client in clients]),
            Column("E-MAIL", [one_line(client["words"].get("email", "")) for client in clients], weight=3),
            Column("LANGUAGE", [client["words"].get("language", "") for client in clients], weight=1),
            Column("FROM", [", ".join(sorted(client["sources"])) for client in clients], weight=2),
            Column("ACCOUNTS", [one_line(", ".join(client["accounts"])) for client in clients], weight=4),
        ],
        width=width,
    )


def _new(document: ClientImportDocument) -> Iterator[str]:
    entries = [
        f"  + {one['name']}: {one['words']['name']} ({one['place']}){', with an account' if one['has_account'] else ''}"
        for one in document["new"]
    ]
    yield from _group("New", entries)


def _both(document: ClientImportDocument) -> Iterator[str]:
    differing = [one for one in document["both"] if one["differences"]]
    yield from _group("In both, with differences", [line for one in differing for line in _differences(one)])
    if document["summary"]["same"]:
        yield f"In both, and the same: {document['summary']['same']:,}"


def _differences(client: ClientInBoth) -> Iterator[str]:
    for one in client["differences"]:
        here = "(nothing)" if one["here"] is None else one["here"]
        sign = "~" if one["taken"] else " "
        rest = "" if one["taken"] else f" (kept; --overwrite {one['field']} takes it)"
        yield f"  {sign} {client['name']}: {one['field']} {here} -> {one['there']}{rest}"


def _only_here(document: ClientImportDocument) -> Iterator[str]:
    yield from _group("Only here", [f"    {name}" for name in document["only_here"]])


def _invalid(document: ClientImportDocument) -> Iterator[str]:
    entries = [
        f"  ! {problem['place']} {problem['reason']}" for one in document["invalid"] for problem in one["problems"]
    ]
    yield from _group("Invalid, and not imported", entries)


def _rest(document: ClientImportDocument) -> Iterator[str]:
    yield from _group("Remarks", [f"    {remark}" for remark in document["remarks"]])
    yield from _group("To change by hand", [f"    {place}" for place in document["by_hand"]])
    yield from _group(
        "Not written, because something else stands there", [f"    {path}" for path in document["in_the_way"]]
    )


def _sum(document: ClientImportDocument) -> Iterator[str]:
    summary = document["summary"]
    yield (
        f"{'Plan' if document['dry_run'] else 'Done'}: {summary['new']:,} new, {summary['changed']:,} changed, "
        f"{summary['unchanged']:,} unchanged, {summary['only_here']:,} only here, "
        f"{summary['invalid']:,} invalid."
    )


def _group(title: str, entries: Sequence[str]) -> Iterator[str]:
    if not entries:
        return
    shown, rest = cut_after(entries, _MOST)
    yield f"{title}:"
    yield from shown
    if rest.items:
        yield f"    … {rest.words}; --json has them all"
    yield ""
