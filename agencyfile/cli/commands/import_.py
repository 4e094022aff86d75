"""`agencyfile import`: an agency file from a live portal. It holds a reader, so it cannot write to the portal."""

import difflib
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.agency_files import NAMES, USUAL, agency_file_in
from agencyfile.cli.beginning import IDENTITY, keep_out_of_git, new_identity
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import no_color
from agencyfile.cli.importing.writing import write_new
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import Workspace, endpoint_or_default, open_workspace
from agencyfile.fields.wording import article, either
from plan import Address, LedgerError

if TYPE_CHECKING:
    from agencyfile.cli.importing.layout import Part
    from agencyfile.portal.lists.inventory import Inventory


@click.command("import")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--all", "every", is_flag=True, help="Import everything that the portal lists.")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write to; it is created if it does not exist.",
)
@click.option("--name", help="The agency's name, where there is no agency file yet.")
@click.option(
    "-f",
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AGENCYFILE_FILE",
    help="The agency file.  [default: agency.yaml or agencyfile.yaml in DIRECTORY, or here]",
)
@no_color
def command(
    addresses: tuple[str, ...],
    every: bool,  # noqa: FBT001
    folder: Path,
    name: str | None,
    path: Path | None,
    no_color: bool,  # noqa: FBT001
) -> int:
    """Write blocks for objects of the portal that no block names yet.

    ADDRESS is account.NAME, sandbox.NAME or snapshot.NAME. The plan of the written blocks is empty: they
    hold the values that the portal reports, and `adopt: true`, so that nothing is ever created for them. Without an
    agency file, import starts one. It overwrites no file and changes nothing at the portal.
    """
    if every == bool(addresses):
        raise click.UsageError("say either --all or what to import, as in account.acme")
    wanted = None if every else [_address(text) for text in addresses]
    place = _Place.find(folder, path, name, color=not no_color)
    inventory = _read(place)
    if wanted is not None:
        _check_listed(wanted, inventory)
    return _import(place, inventory, wanted)


@dataclass(frozen=True, slots=True)
class _Place:
    """The destination of an import: an agency that has a file, or a new one."""

    folder: Path
    root: Path
    workspace: Workspace | None
    name: str

    @classmethod
    def find(cls, folder: Path, path: Path | None, name: str | None, *, color: bool) -> "_Place":
        """The agency file that is named, or else that of the folder, or else the one here; or none yet."""
        known = path.name if path and path.name in NAMES else USUAL
        begun = folder / known if path else agency_file_in(folder)
        root = path or (begun if begun.exists() else next(filter(Path.exists, [agency_file_in()]), begun))
        if not root.exists() and os.path.realpath(root) == os.path.realpath(begun):
            return cls(folder, begun, None, _checked_name(name))
        workspace = open_workspace(root, color=color)
        if name not in (None, workspace.agency):
            raise CommandExit(
                ExitCode.USAGE, f"{root} is that of {workspace.agency}, not of {name}", fix="leave --name out"
            )
        if not _is_inside(folder, root.parent):
            raise CommandExit(
                ExitCode.USAGE,
                f"{folder} is not in the folder of {root}, which includes nothing from elsewhere",
                fix=f"--out {root.parent / 'imported'}",
            )
        return cls(folder, root, workspace, workspace.agency)

    @property
    def is_root(self) -> bool:
        """Does the agency file stand in the very folder that is written to?"""
        return os.path.realpath(self.root.parent) == os.path.realpath(self.folder)


def _is_inside(folder: Path, around: Path) -> bool:
    outer = os.path.realpath(around)
    return os.path.commonpath([outer, os.path.realpath(folder)]) == outer


def _checked_name(name: str | None) -> str:
    from agencyfile.fields.values import is_label  # noqa: PLC0415 - only a new file needs it

    if name is None:
        raise click.UsageError("there is no agency file yet: say --name, the agency's name, as in northwind")
    if not is_label(name):
        raise click.UsageError(
            f"{name!r} is not an agency name: lower-case letters, digits and hyphens, as in northwind"
        )
    return name


def _address(text: str) -> Address:
    from agencyfile.kinds.registry import IMPORTED  # noqa: PLC0415 - loads the models of all kinds

    try:
        address = Address.parse(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if address.kind not in IMPORTED:
        kinds = either(f"{article(kind)} {kind}" for kind in sorted(IMPORTED))
        raise click.UsageError(f"{text!r} is no address of {kinds}")
    return address


def _read(place: _Place) -> "Inventory":
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    if place.workspace:
        place.workspace.portal_ledger()  # the blocks of another portal do not belong into this file
    with naming_open_calls(place.workspace), open_reader(endpoint_or_default(place.workspace)) as reader:
        inventory = reader.inventory()
    if not inventory.is_steady:
        raise CommandExit(
            ExitCode.ERROR, "a list of the portal kept changing while it was read; nothing is written", fix="try again"
        )
    if not inventory.has_hub:
        click.echo("snapshots are not told without the hub's key (AGENCYFILE_HUB_KEY)", err=True)
    return inventory


def _check_listed(wanted: Iterable[Address], inventory: "Inventory") -> None:
    from agencyfile.cli.importing.selection import snapshots_by_name  # noqa: PLC0415

    listed = {str(entry.address): entry.address for entry in inventory.accounts}
    listed |= {str(address): address for address, _ in snapshots_by_name(inventory)}
    absent = [address for address in wanted if str(address) not in listed]
    if not absent:
        return
    near = {guess for address in absent for guess in _nearest(address, listed)}
    raise CommandExit(
        ExitCode.ERROR,
        f"the portal does not list {', '.join(one_line(str(address)) for address in absent)}; nothing is written",
        fix=f"did you mean {', '.join(map(one_line, sorted(near)))}?" if near else "agencyfile accounts list",
    )


def _nearest(address: Address, listed: Collection[str]) -> list[str]:
    namesakes = [text for text in listed if text.partition(".")[2] == address.name]
    return namesakes or difflib.get_close_matches(str(address), listed, n=1)


def _import(place: _Place, inventory: "Inventory", wanted: Collection[Address] | None) -> int:
    from agencyfile.cli.importing.layout import Layout  # noqa: PLC0415
    from agencyfile.cli.importing.outcome import Outcome  # noqa: PLC0415
    from agencyfile.cli.importing.selection import select  # noqa: PLC0415
    from agencyfile.cli.importing.spoken import Spoken, inherited_words  # noqa: PLC0415
    from agencyfile.cli.render.import_text import render_import  # noqa: PLC0415

    workspace = place.workspace
    spoken = Spoken.by(workspace.agency_file, inherited_words(place.root)) if workspace else Spoken()
    selection = select(inventory, spoken, wanted)
    included = workspace.sources if workspace else ()
    layout = Layout(place.folder, place.root.parent, included, is_root=place.is_root)
    parts = tuple(layout.parts(selection.blocks))
    identity = _begin(place, parts) if parts and workspace is None else None
    written = frozenset(part.path for part in parts if part.text is not None and write_new(part.path, part.text))
    outcome = Outcome(
        root=place.root,
        parts=parts,
        written=written,
        selection=selection,
        declared=_declared(place) if parts else frozenset(),
        is_new=workspace is None,
        inherited=spoken.inherited,
        identity=identity,
    )
    if parts or workspace:
        _pin(place)
    click.echo(render_import(outcome, width=terminal_width()), nl=False)
    is_refused = outcome.in_the_way or (wanted is not None and selection.skipped)
    return ExitCode.ERROR if is_refused else ExitCode.DONE


def _pin(place: _Place) -> None:
    """Let the ledger know which portal the blocks are of: a plan with the keys of another one is refused."""
    from agencyfile.cli.portal_pin import pinned  # noqa: PLC0415

    workspace = open_workspace(place.root, color=True)
    try:
        ledger = workspace.ledger()
        drafts = pinned(ledger.history, workspace.portal_keys())
        if drafts:
            ledger.append(*drafts)
    except LedgerError as error:
        click.echo(f"the ledger could not be told which portal this is: {one_line(str(error))}", err=True)


def _begin(place: _Place, parts: Iterable["Part"]) -> Path | None:
    """Write the root file, its schema and the key that opens passwords; return the key's file if it is new.

    They come first: what is written of the rest is part of the agency at once.
    """
    from agencyfile.cli.importing.layout import patterns_for  # noqa: PLC0415
    from agencyfile.cli.importing.text import SCHEMA, root_text  # noqa: PLC0415
    from agencyfile.cli.shipped import shipped  # noqa: PLC0415

    schema = place.folder / SCHEMA
    if not schema.exists():
        write_new(schema, (shipped("schemas") / SCHEMA).read_text(encoding="utf-8"))
    recipient, is_new = _recipient(place.folder / IDENTITY, place.folder)
    write_new(place.root, root_text(place.name, patterns_for(parts), recipient))
    return place.folder / IDENTITY if is_new else None


def _recipient(identity: Path, folder: Path) -> tuple[str, bool]:
    """Return the recipient of passwords: of the identity that an earlier run left, or of a new one."""
    from agencyfile.vault import VaultError, recipient_of  # noqa: PLC0415 - loads age

    keep_out_of_git(identity, folder)
    if not identity.exists():
        return new_identity(identity), True
    try:
        known = recipient_of(identity)
    except VaultError as error:
        raise CommandExit(ExitCode.ERROR, str(error), fix="move it away: a new one is made then") from None
    if known is None:
        raise CommandExit(
            ExitCode.ERROR, f"{identity} holds no age identity", fix="move it away: a new one is made then"
        )
    return known, False


def _declared(place: _Place) -> frozenset[Address]:
    """Return the declarations of the agency file, including the new blocks."""
    return frozenset(resource.address for resource in open_workspace(place.root, color=True).agency_file.resources)
