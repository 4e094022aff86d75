"""The objects of the portal that can be declared, and the reasons why the others cannot."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from agencyfile.cli.importing.blocks import Block, BlockMaker
from agencyfile.cli.importing.scalars import text_problem
from agencyfile.cli.importing.spoken import Spoken
from plan import Address

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry, Inventory, SnapshotEntry

_ENDED: Final = ("failed", "cancelled")  # snapshots that never will be
_TAKEN: Final = "success"


@dataclass(frozen=True, slots=True)
class Selection:
    """Blocks to write, what is declared already, and what cannot be declared, with the reason."""

    blocks: tuple[Block, ...]
    declared: tuple[Address, ...]
    skipped: Mapping[Address, str]


def select(inventory: "Inventory", spoken: Spoken, wanted: Collection[Address] | None = None) -> Selection:
    """Go through everything that the portal lists, or what is `wanted` of it."""
    maker = BlockMaker(_ids_by_terms(inventory), set(spoken.domains))
    hosted = [
        (entry.address, _host_block(entry, spoken, maker))
        for entry in inventory.accounts
        if wanted is None or entry.address in wanted
    ]
    blocks = {found.address for _, found in hosted if isinstance(found, Block)}
    taken = [
        (address, _snapshot_block(address, entries, spoken, blocks))
        for address, entries in snapshots_by_name(inventory)
        if wanted is None or address in wanted
    ]
    found = [*hosted, *taken]
    return Selection(
        blocks=tuple(block for _, block in found if isinstance(block, Block)),
        declared=tuple(address for address, block in found if block is None),
        skipped={address: reason for address, reason in found if isinstance(reason, str)},
    )


def snapshots_by_name(inventory: "Inventory") -> Iterator[tuple[Address, Sequence["SnapshotEntry"]]]:
    """The snapshots of each name, which is not unique at the portal (`docs/portal.md` 1.8)."""
    for address, entries in groupby(inventory.snapshots, key=lambda entry: entry.address):
        yield address, list(entries)


def _host_block(entry: "AccountEntry", spoken: Spoken, maker: BlockMaker) -> Block | str | None:
    """The block of an account or sandbox, or why there is none; None where it is declared already."""
    if entry.address in spoken.declared:
        return None
    reason = _host_reason(entry, spoken)
    if reason:
        return reason
    block = maker.of(entry)
    inherited = spoken.inherited.get(entry.address.kind, ())
    for word, why in block.left_out.items():
        if word in inherited:
            return f"its {word} cannot be written ({why}), and defaults.{entry.address.kind} would change it"
    return block


def _host_reason(entry: "AccountEntry", spoken: Spoken) -> str | None:
    from agencyfile.fields.values import is_account_name  # noqa: PLC0415 - only an import pays for it

    if not is_account_name(entry.address.name):
        return (
            "its name is not 1 to 63 lower-case letters, digits, hyphens and underscores, so that no block can bear it"
        )
    if entry.is_archived:
        return f"it is {entry.status}, and the portal keeps it archived"
    if entry.status == "creating":
        return "the portal is still making it: import it when that is done"
    return _spoken_reason(entry.address, spoken)


def _spoken_reason(address: Address, spoken: Spoken) -> str | None:
    if address in spoken.removed:
        return "it stands under `removed:`"
    pattern = spoken.ignores(address)
    return f"`ignore:` covers it ({pattern})" if pattern else None


def _snapshot_block(
    address: Address, entries: Sequence["SnapshotEntry"], spoken: Spoken, blocks: Collection[Address]
) -> Block | str | None:
    """As `_host_block`, for the snapshots of one name. `blocks` are those that are written for accounts."""
    if address in spoken.declared:
        return None
    alive = [entry for entry in entries if entry.status not in _ENDED]
    reason = _name_reason(address.name) or _snapshot_reason(entries, alive) or _spoken_reason(address, spoken)
    if reason:
        return reason
    source = next(entry.sandbox for entry in alive if entry.status == _TAKEN)
    if source is None:
        return Block(address, {"adopt": True}, {"sandbox": "the portal lists it no longer"})
    if source not in blocks and source.name not in spoken.names.get(source.kind, ()):
        return Block(address, {"adopt": True}, {"sandbox": f"no block declares {source.name}"})
    return Block(address, {"adopt": True, "sandbox": source.name}, {})


def _name_reason(name: str) -> str | None:
    from agencyfile.fields.values import is_block_name  # noqa: PLC0415 - only an import pays for it

    problem = text_problem(name)
    if problem or not is_block_name(name):
        return f"no block can bear its name ({problem or 'it is empty, too long, or not all of it is seen'})"
    return None


def _snapshot_reason(entries: Sequence["SnapshotEntry"], alive: Sequence["SnapshotEntry"]) -> str | None:
    taken = [entry for entry in alive if entry.status == _TAKEN]
    if not alive:
        return f"the portal says that it is {entries[0].status}"
    if len(taken or alive) > 1:
        ids = ", ".join(entry.remote_id for entry in taken or alive)
        return f"{len(taken or alive)} snapshots bear this name (ids {ids}): delete all but one in the portal"
    return None if taken else "it is still being taken: import it when that is done"


def _ids_by_terms(inventory: "Inventory") -> dict[tuple[object, ...], tuple[str, ...]]:
    """The plan ids on the same terms; those that a block cannot name are not among them."""
    found: dict[tuple[object, ...], tuple[str, ...]] = defaultdict(tuple)
    for offer in inventory.offers:
        terms = offer.terms
        if terms and (terms.contacts or terms.billing is None):
            found[terms.tier, terms.billing, terms.contacts] += (offer.plan_id,)
    return found
