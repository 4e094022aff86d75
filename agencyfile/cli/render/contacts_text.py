"""The contacts of an export as text for a terminal."""

from agencyfile.cli.contact_records import ContactsDocument
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table


def render_contacts(document: ContactsDocument, *, width: int | None) -> str:
    """One line for each contact: its state, where it gets notices, and whether the file declares it."""
    contacts = document["contacts"]
    return render_table(
        [
            Column("E-MAIL", [one_line(one["email"]) for one in contacts]),
            Column("NAME", [one_line(one["words"].get("name", "")) for one in contacts], weight=3),
            Column("STATE", [_state(one["group"], one["pending"]) for one in contacts]),
            Column("SUBSCRIPTIONS", [f"{one['subscriptions']:,}" for one in contacts]),
            Column("DECLARED", ["yes" if one["declared"] else "no" for one in contacts]),
        ],
        width=width,
    )


def render_contact_import(document: ContactsDocument) -> str:
    """Tell how much an import writes, and name everything that it leaves out."""
    summary = document["summary"]
    lines = [
        f"{summary['new_contacts']:,} contacts and {summary['new_customers']:,} customer numbers are not declared yet.",
        *(f"left out: {one_line(remark)}" for remark in document["remarks"]),
    ]
    if document["file"]:
        verb = "would be written" if document["dry_run"] else "written"
        lines.append(f"{one_line(document['file'])}: {verb}")
    return "".join(f"{line}\n" for line in lines)


def _state(is_group: bool, is_pending: bool) -> str:  # noqa: FBT001 - two states of one contact
    return "group" if is_group else "pending" if is_pending else "verified"
