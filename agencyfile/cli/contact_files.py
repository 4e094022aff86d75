"""From an export of contacts to a file of blocks: everything of it that the agency file does not declare."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from agencyfile.cli.client_files.editing import scalar_text
from agencyfile.cli.contact_records import ContactRecord, ContactsDocument, ContactsSummary, CustomerRecord
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.importing.text import SCHEMA
from agencyfile.cli.workspace import Workspace
from agencyfile.contacts.export import Export, read_export
from agencyfile.fields import client_words, contact_words
from agencyfile.kinds.registry import SECTIONS

FILE: Final = "contacts.yaml"
_PARSERS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": contact_words.parse_contact_name,
    "phone": client_words.parse_phone,
    "language": contact_words.parse_contact_language,
}
_LEVELS: Final = {"service": "services", "billing": "billing"}


def export_of(workspace: Workspace, path: Path | None) -> Export:
    """Read the export that a command names, or the one of the agency file.

    Raises:
        CommandExit: there is none.
        ExportError: it cannot be read.
    """
    declared = workspace.agency_file.settings.contacts.export
    if path is None and declared is None:
        raise CommandExit(
            ExitCode.USAGE, "the agency file names no export", fix="name one, or add agency.contacts.export: PATH"
        )
    return read_export(path or workspace.path.parent / str(declared))


def contacts_document(workspace: Workspace, export: Export) -> ContactsDocument:
    """Return the export beside the agency file, as a document."""
    emails, numbers = _named(workspace, "contacts"), _named(workspace, "customers")
    contacts = [_contact(export, email, emails) for email in sorted(export.people)]
    customers = [
        CustomerRecord(
            number=number,
            subscriptions={name: sorted(emails) for name, emails in sorted(export.subscribed[number].items())},
            declared=number in numbers,
        )
        for number in sorted(export.subscribed)
    ]
    return ContactsDocument(
        agency=workspace.agency,
        export=str(export.path),
        made=export.made.isoformat(timespec="seconds"),
        summary=ContactsSummary(
            contacts=len(contacts),
            customers=len(customers),
            new_contacts=sum(not one["declared"] for one in contacts),
            new_customers=sum(not one["declared"] for one in customers),
        ),
        contacts=contacts,
        customers=customers,
        remarks=[*export.problems, *_unusable(export)],
        file=None,
        dry_run=False,
    )


def _named(workspace: Workspace, section: str) -> Collection[str]:
    """Return the names of the section that the agency file declares, or removes."""
    kind = SECTIONS[section].name
    known = {resource.address for resource in workspace.agency_file.resources}
    known |= {removal.address for removal in workspace.agency_file.removals}
    return {address.name for address in known if address.kind == kind}


def _contact(export: Export, email: str, declared: Collection[str]) -> ContactRecord:
    person = export.people[email]
    return ContactRecord(
        email=email,
        words=dict(person.words),
        group=person.is_group,
        pending=person.is_pending and not person.is_group,
        subscriptions=sum(email in emails for names in export.subscribed.values() for emails in names.values()),
        declared=email in declared,
    )


def file_text(document: ContactsDocument) -> str:
    """Return a file of the blocks that are not declared yet; empty where there are none."""
    contacts = [one for one in document["contacts"] if not one["declared"]]
    customers = [one for one in document["customers"] if not one["declared"]]
    lines = [*_contacts(contacts), *_customers(customers)]
    return "\n".join((f"# yaml-language-server: $schema={SCHEMA}", *lines, "")) if lines else ""


def _unusable(export: Export) -> Iterator[str]:
    for email, person in sorted(export.people.items()):
        for word, value in person.words.items():
            if not _is_right(word, value):
                yield f"{email}: its {word} cannot be written into a file, and is left out"


def _is_right(word: str, value: str) -> bool:
    try:
        _PARSERS[word](value)
    except ValueError:
        return False
    return True


def _contacts(contacts: Sequence[ContactRecord]) -> Iterator[str]:
    if contacts:
        yield "contacts:"
    for one in contacts:
        words = [f"{word}: {scalar_text(text)}" for word, text in one["words"].items() if _is_right(word, text)]
        words += ["group: true"] if one["group"] else []
        yield f"  {scalar_text(one['email'])}: {{{', '.join(words)}}}"


def _customers(customers: Sequence[CustomerRecord]) -> Iterator[str]:
    if customers:
        yield "customers:"
    for one in customers:
        yield f"  {scalar_text(one['number'])}:"
        yield from _of_number(one["subscriptions"])


def _of_number(subscriptions: Mapping[str, Sequence[str]]) -> Iterator[str]:
    whole = {name: emails for name, emails in subscriptions.items() if "/" not in name}
    if whole:
        yield "    subscriptions:"
        yield from _lists(whole, indent=6)
    for level, key in _LEVELS.items():
        objects = sorted({name.rpartition("/")[0] for name in subscriptions if name.startswith(f"{level} ")})
        if objects:
            yield f"    {key}:"
        for place in objects:
            yield f"      {scalar_text(place.removeprefix(f'{level} '))}:"
            inner = {name: emails for name, emails in subscriptions.items() if name.rpartition("/")[0] == place}
            yield from _lists({name.rpartition("/")[2]: emails for name, emails in inner.items()}, indent=8)


def _lists(subscriptions: Mapping[str, Sequence[str]], *, indent: int) -> Iterator[str]:
    for name, emails in subscriptions.items():
        yield f"{' ' * indent}{name}: [{', '.join(map(scalar_text, emails))}]"
